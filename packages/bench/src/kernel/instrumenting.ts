import { alternate, Sample } from '@escapement/lab/internal';
import { recording } from '@escapement/observe';
import {
  type Coroutine,
  EventLoop,
  type Instrument,
  type Pause,
  PerformanceClock,
  pause,
  SetTimeoutStrategy,
  spawn,
} from 'escapement';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const STEPS = 500_000;
const TASKS = 1_000;

/** Has the hooks that each step calls, and does nothing in them. */
class EmptyInstrument implements Instrument {
  taskReady(): void {}
  stepStarted(): void {}
  suspended(): void {}
  stepEnded(): void {}
}

/** What an instrument adds to a step of a thousand tasks in turn: an empty one, and a recorder. */
export const instrumenting: Benchmark = {
  name: 'instruments',
  async run(rounds) {
    const loops = {
      none: loopWith([]),
      empty: loopWith([new EmptyInstrument()]),
      recorder: loopWith([recording()]),
    };
    const candidates = Object.entries(loops).map(([name, loop]) => ({
      name,
      run: () => nanosecondsEach(STEPS, () => loop.run(manyPausing)),
    }));
    const figures = await alternate(candidates, { rounds });
    const added = (what: string, name: string, atMost: number) => {
      const [some, none] = [figures.get(name)!, figures.get('none')!];
      const ours = new Sample(some.values.map((value, round) => value - none.values[round]!));
      return { what, unit: 'ns' as const, ours, reach: { atMost } };
    };
    return [
      added('what the hooks of one empty instrument add to a step', 'empty', 60),
      added('what a recorder adds to a step', 'recorder', 250),
    ];
  },
};

function loopWith(instruments: readonly Instrument[]) {
  return new EventLoop({ strategy: new SetTimeoutStrategy(new PerformanceClock()), instruments });
}

function* pauses(times: number): Coroutine<void, Pause> {
  for (let n = 0; n < times; n++) yield* pause();
}

function* manyPausing() {
  for (let n = 0; n < TASKS; n++) yield* spawn(pauses(STEPS / TASKS));
}
