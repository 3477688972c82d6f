import { alternate } from '@escapement/lab';
import { all, busyWaitModule, createLoop, pause, setTimeoutModule, sleep, sleepModule, spawn } from 'escapement';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const SLEEPS = 1_000;
const SLEEPERS = 100_000;

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
    return [{ what: 'all of 1,000 sleeps of 1 ms', unit: 'us', ours, anchor, reach: { timesAnchor: 1 } }];
  },
};

/** A hundred thousand sleepers, cancelled with their parent and ended, compared with `clearTimeout` of as many timers. */
export const cancelling: Benchmark = {
  name: 'cancel',
  async run(rounds) {
    const loop = createLoop(busyWaitModule, sleepModule);
    const figures = await alternate(
      [
        { name: 'cancel', run: () => loop.runSync(cancelAll) },
        { name: 'clearTimeout', run: clearAll },
      ],
      { rounds },
    );
    const anchor = { name: 'clearTimeout', figure: figures.get('clearTimeout')! };
    return [
      {
        what: 'cancel 100,000 sleepers, each',
        unit: 'ns',
        ours: figures.get('cancel')!,
        anchor,
        reach: { timesAnchor: 1 },
      },
    ];
  },
};

function* cancelAll() {
  const parent = yield* spawn(spawnSleepers());
  // Until all of them sleep.
  for (let n = 0; n < 4 + SLEEPERS / 256; n++) yield* pause();
  const start = performance.now();
  parent.cancel('the bench is over');
  while (!parent.isEnded) yield* pause();
  return ((performance.now() - start) * 1e6) / SLEEPERS;
}

function* spawnSleepers() {
  for (let n = 0; n < SLEEPERS; n++) yield* spawn(sleep(60_000 + (n % 1000)));
}

async function clearAll(): Promise<number> {
  const timers = Array.from({ length: SLEEPERS }, (_, n) => setTimeout(() => {}, 60_000 + (n % 1000)));
  return nanosecondsEach(SLEEPERS, () => timers.forEach(clearTimeout));
}

function timer(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 1));
}

async function microsecondsOf(work: () => Promise<unknown>): Promise<number> {
  return (await nanosecondsEach(1, work)) / 1000;
}
