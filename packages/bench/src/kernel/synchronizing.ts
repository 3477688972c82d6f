import { alternate, type Candidate, Sample } from '@escapement/lab/internal';
import { Broadcast, Deferred, Lock, Queue, Semaphore, type Subscriber } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import { busyWaitModule, createLoop, pause, spawn } from 'escapement';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const TIMES = 300_000;
const SUBSCRIBERS = 100;

/** The cost that an uncontended lock, or a queue, adds to a bare switch; and what hands something to tasks that wait. */
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
      { what: 'acquire of a semaphore, over a bare switch', unit: 'ns', ours: over('limiter'), reach: { atMost: 200 } },
      {
        what: `publish to ${SUBSCRIBERS} that wait, each of them`,
        unit: 'ns',
        ours: figures.get('broadcast')!,
        reach: { atMost: 300 },
      },
      {
        what: 'a Deferred, from new to its waiter',
        unit: 'ns',
        ours: figures.get('deferred')!,
        reach: { atMost: 1000 },
      },
    ];
  },
};

function candidates(): Candidate[] {
  const loop = createLoop(busyWaitModule, syncModule);
  const lock = new Lock();
  const queue = new Queue<number>();
  const limiter = new Semaphore(4, { max: 4 });
  return [
    { name: 'bare', run: () => nanosecondsEach(TIMES, () => loop.runSync(bare)) },
    { name: 'lock', run: () => nanosecondsEach(TIMES, () => loop.runSync(() => locking(lock))) },
    { name: 'queue', run: () => nanosecondsEach(TIMES, () => loop.runSync(() => queueing(queue))) },
    { name: 'limiter', run: () => nanosecondsEach(TIMES, () => loop.runSync(() => locking(limiter))) },
    { name: 'broadcast', run: () => nanosecondsEach(TIMES, () => loop.runSync(broadcasting)) },
    { name: 'deferred', run: () => nanosecondsEach(TIMES / 10, () => loop.runSync(deferring)) },
  ];
}

function* bare() {
  for (let n = 0; n < TIMES; n++) yield* pause();
}

function* locking(lock: Lock | Semaphore) {
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

function* broadcasting() {
  const news = new Broadcast<number>({ capacity: 16 });
  for (let n = 0; n < SUBSCRIBERS; n++) yield* spawn(listening(news.subscribe()));
  for (let n = 0; n < TIMES / SUBSCRIBERS; n++) {
    yield* pause();
    news.publish(n);
  }
  news.close();
}

function* listening(subscriber: Subscriber<number>) {
  while (!(yield* subscriber.next()).done);
}

function* deferring() {
  let deferred = new Deferred<number>();
  yield* spawn(answering(() => deferred));
  for (let n = 0; n < TIMES / 10; n++) {
    yield* deferred;
    deferred = new Deferred<number>();
  }
}

/** Settles one after the other, each while a task waits for it. */
function* answering(deferred: () => Deferred<number>) {
  for (let n = 0; n < TIMES / 10; n++) {
    deferred().resolve(n);
    yield* pause();
  }
}
