import type { Duration, Instant } from '../events/instant.js';
import type { Clock } from '../extension-points/clock.js';
import type { Instrument, LoopWarning } from '../extension-points/instrument.js';
import type { Task } from '../tasks/task.js';
import { NeverRunWatch } from './never-run.js';

/** @internal What `debug: true` turns on: notes when each task began to wait, and warns of slow steps and what never ran. */
export class Debugging implements Instrument {
  /** The loop treats these as it treats all others. */
  readonly instruments: readonly Instrument[];
  readonly #clock: Clock;
  readonly #slowStep: Duration;
  readonly #warn: (warning: LoopWarning) => void;
  readonly #since = new WeakMap<Task, Instant>();
  #stepStartedAt: Instant = 0;

  constructor(clock: Clock, slowStep: Duration, warn: (warning: LoopWarning) => void) {
    this.#clock = clock;
    this.#slowStep = slowStep;
    this.#warn = warn;
    this.instruments = [this, new NeverRunWatch(warn)];
  }

  stepStarted(): void {
    this.#stepStartedAt = this.#clock.now();
  }

  stepEnded(task: Task): void {
    const took = this.#clock.now() - this.#stepStartedAt;
    if (took < this.#slowStep) return;
    const message = `task "${task.name}" ran for ${took.toFixed(1)} ms without a suspension, and kept all others waiting. Do less between two yield*, or put a yield* pause() in.`;
    this.#warn({ code: 'ESC_SLOW_STEP', message, task });
  }

  suspended(task: Task): void {
    this.#since.set(task, this.#clock.now());
  }

  waitingSince(task: Task): Instant | undefined {
    return this.#since.get(task);
  }
}
