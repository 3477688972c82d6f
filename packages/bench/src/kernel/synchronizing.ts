import { alternate, type Candidate, Sample } from '@escapement/lab';
import { Lock, Queue } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import { busyWaitModule, createLoop, pause } from 'escapement';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const TIMES = 300_000;

/** The cost that an uncontended lock, or a queue, adds to a bare switch. */
export const synchronizing: Benchmark = {
  name: 'sync',
  async run(rounds) {
    const figures = await alternate(candidates(), { rounds });
    const bare = figures.get('bare')!;
    const over = (name: string) =>
      new Sample(figures.get(name)!.values.map((value, round) => value - bare.values[round]!));
    return [
      { what: 'acquire and release, over a bare switch', unit: 'ns', ours: over('lock'), reach: { atMost: 200 } },
      { what: 'put and get, over a bare switch', unit: 'ns', ours: over('queue'), reach: { atMost: 200 } },
    ];
  },
};

function candidates(): Candidate[] {
  const loop = createLoop(busyWaitModule, syncModule);
  const lock = new Lock();
  const queue = new Queue<number>();
  return [
    { name: 'bare', run: () => nanosecondsEach(TIMES, () => loop.runSync(bare)) },
    { name: 'lock', run: () => nanosecondsEach(TIMES, () => loop.runSync(() => locking(lock))) },
    { name: 'queue', run: () => nanosecondsEach(TIMES, () => loop.runSync(() => queueing(queue))) },
  ];
}

function* bare() {
  for (let n = 0; n < TIMES; n++) yield* pause();
}

function* locking(lock: Lock) {
  for (let n = 0; n < TIMES; n++) {
    yield* lock.acquire();
    yield* pause();
    lock.release();
  }
}

function* queueing(queue: Queue<number>) {
  for (let n = 0; n < TIMES; n++) {
    yield* queue.put(n);
    yield* pause();
    yield* queue.get();
  }
}
