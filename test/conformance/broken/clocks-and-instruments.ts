import { type ClockAdapter, clockLaws, instrumentLaws } from '@escapement/conformance';
import { Clock, type Instrument, type Task } from '@escapement/core';
import { VirtualClock } from '@escapement/virtual-time';
import type { Broken } from './zoo.js';

class Seconds extends Clock {
  override now(): number {
    return performance.now() / 1000;
  }
}

class TimeOfDay extends Clock {
  override now(): number {
    return Date.now();
  }
}

class Jitters extends Clock {
  override now(): number {
    return performance.now() + Math.random() / 2;
  }
}

class StartsLater extends Clock {
  #start: number | undefined;
  override now(): number {
    const now = performance.now();
    const elapsed = now - (this.#start as number);
    this.#start ??= now;
    return elapsed;
  }
}

class TicksWhenRead extends VirtualClock {
  override now(): number {
    const now = super.now();
    this.advanceTo(now + 0.001);
    return now;
  }
}

const clock = (mistake: string, breaks: string, make: () => Clock, also: readonly string[] = []): Broken => ({
  mistake,
  breaks,
  also,
  laws: runner => clockLaws(runner, { clock: make }, { seed: 1 }),
});

const virtual: ClockAdapter<VirtualClock> = {
  clock: () => new TicksWhenRead(),
  advance: (clock, duration) => clock.advanceTo(clock.now() + duration),
};

export const clocks: readonly Broken[] = [
  clock('shows NaN at first', 'K1', () => new StartsLater(), ['K2', 'K3', 'K4']),
  clock('goes backwards at times', 'K2', () => new Jitters()),
  clock('counts seconds', 'K3', () => new Seconds()),
  clock('shows the time of day', 'K4', () => new TimeOfDay()),
  { mistake: 'moves when it is read', breaks: 'K5', laws: runner => clockLaws(runner, virtual, { seed: 1 }) },
];

class NamesErrors implements Instrument {
  readonly messages: string[] = [];
  taskEnded({ result }: Task): void {
    // A program may throw what has no message.
    if (result.state === 'failed') this.messages.push((result.error as Error).message.toUpperCase());
  }
}

class Uploads implements Instrument {
  async taskEnded(_task: Task): Promise<void> {}
}

class Meddles implements Instrument {
  taskSpawned(task: Task): void {
    // "The loop shall do the important things only."
    if (task.name === 'work-3') task.cancel();
  }
}

class OneRun implements Instrument {
  #root: Task | undefined;
  runStarted(root: Task): void {
    if (this.#root !== undefined) throw new Error('a run is being recorded');
    this.#root = root;
  }
}

class Archive implements Instrument {
  readonly ended: Task[] = [];
  taskEnded(task: Task): void {
    this.ended.push(task);
  }
}

const instrument = (mistake: string, breaks: string, make: () => Instrument, also: readonly string[] = []): Broken => ({
  mistake,
  breaks,
  also,
  laws: runner => instrumentLaws(runner, { instrument: make }, { seed: 1 }),
});

export const instruments: readonly Broken[] = [
  instrument('throws at an error that has no message', 'I1', () => new NamesErrors()),
  instrument('has an async hook', 'I2', () => new Uploads()),
  instrument('cancels a task', 'I3', () => new Meddles()),
  instrument('records one run only', 'I4', () => new OneRun()),
  instrument('keeps all tasks', 'I5', () => new Archive()),
];
