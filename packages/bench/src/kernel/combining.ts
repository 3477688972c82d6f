import { alternate } from '@escapement/lab/internal';
import { all, createLoop, setTimeoutModule, sleep, sleepModule } from 'escapement';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const SLEEPS = 1_000;

/** A thousand sleeps of 1 ms in one `all`, compared with `Promise.all` of as many timers. */
export const combining: Benchmark = {
  name: 'all',
  async run(rounds) {
    const loop = createLoop(setTimeoutModule, sleepModule);
    const figures = await alternate(
      [
        {
          name: 'all',
          run: () => microsecondsOf(() => loop.run(() => all(Array.from({ length: SLEEPS }, () => sleep(1))))),
        },
        { name: 'Promise.all', run: () => microsecondsOf(() => Promise.all(Array.from({ length: SLEEPS }, timer))) },
      ],
      { rounds: rounds * 5 },
    );
    const anchor = { name: 'Promise.all of timers', figure: figures.get('Promise.all')! };
    const ours = figures.get('all')!;
    return [{ what: 'all of 1,000 sleeps of 1 ms', unit: 'us', ours, anchor, reach: { timesAnchor: 1.1 } }];
  },
};

function timer(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 1));
}

async function microsecondsOf(work: () => Promise<unknown>): Promise<number> {
  return (await nanosecondsEach(1, work)) / 1000;
}
