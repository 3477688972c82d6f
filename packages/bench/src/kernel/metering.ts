import { alternate, Sample } from '@escapement/lab/internal';
import { metricsModule } from '@escapement/observe/module';
import { type Coroutine, createLoop, type Pause, pause, setTimeoutModule, spawn } from 'escapement';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const STEPS = 500_000;
const TASKS = 1_000;

/** What the metrics of `metricsModule` add to a step, of one task and of a thousand in turn. */
export const metering: Benchmark = {
  name: 'metrics',
  async run(rounds) {
    const without = createLoop(setTimeoutModule);
    const metered = createLoop(setTimeoutModule, metricsModule);
    const figures = await alternate(
      [
        { name: 'one without', run: () => nanosecondsEach(STEPS, () => without.run(pauses(STEPS))) },
        { name: 'one', run: () => nanosecondsEach(STEPS, () => metered.run(pauses(STEPS))) },
        { name: 'clock', run: () => nanosecondsEach(STEPS, readClock) },
        { name: 'many without', run: () => nanosecondsEach(STEPS, () => without.run(manyPausing)) },
        { name: 'many', run: () => nanosecondsEach(STEPS, () => metered.run(manyPausing)) },
      ],
      { rounds },
    );
    const anchor = { name: 'a read of the clock', figure: figures.get('clock')! };
    const added = (what: string, name: string) => {
      const [metrics, none] = [figures.get(name)!, figures.get(`${name} without`)!];
      const ours = new Sample(metrics.values.map((value, round) => value - none.values[round]!));
      return { what, unit: 'ns' as const, ours, anchor, reach: { atMost: 150 } };
    };
    return [
      added('what metrics add to a step of one task', 'one'),
      added('what metrics add to a step of 1,000 tasks in turn', 'many'),
    ];
  },
};

function readClock(): number {
  let sum = 0;
  for (let n = 0; n < STEPS; n++) sum += performance.now();
  return sum;
}

function* pauses(times: number): Coroutine<void, Pause> {
  for (let n = 0; n < times; n++) yield* pause();
}

function* manyPausing() {
  for (let n = 0; n < TASKS; n++) yield* spawn(pauses(STEPS / TASKS));
}
