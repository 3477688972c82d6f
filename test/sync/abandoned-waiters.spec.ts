import {
  Barrier,
  Broadcast,
  Channel,
  Condition,
  Deferred,
  Lock,
  Queue,
  Semaphore,
  Signal,
  type SyncEvent,
  SyncHandler,
} from '@escapement/sync';
import { expect } from 'chai';
import { type CoreEvent, type Coroutine, spawn, type Task, type Waiter } from 'escapement';
import { needsGc } from '../support/needs-gc.js';
import { virtualLoop } from '../support/virtual-loop.js';
import { settle } from './sync-loop.js';

async function collectUntil(isDone: () => boolean): Promise<void> {
  for (let n = 0; n < 20 && !isDone(); n++) {
    await new Promise(resolve => setImmediate(resolve));
    globalThis.gc!();
  }
}

/** Keeps a weak reference to each waiter. */
class WatchingHandler extends SyncHandler {
  readonly waiters: WeakRef<Waiter<unknown>>[] = [];

  override arm(event: SyncEvent, waiter: Waiter<unknown>): void {
    this.waiters.push(new WeakRef(waiter));
    super.arm(event, waiter);
  }
}

describe('sync: abandoned waiters', () => {
  it('are not kept in memory, although no later wait sweeps them out', async function () {
    needsGc(this);
    const lock = new Lock();
    lock.tryAcquire();
    const free = new Lock();
    const condition = new Condition(free);
    const semaphore = new Semaphore(0);
    const signal = new Signal();
    const barrier = new Barrier(100);
    const queue = new Queue<number>();
    const channel = new Channel<number>();
    const deferred = new Deferred<number>();
    const subscriber = new Broadcast<number>().subscribe();
    const waits: (() => Coroutine<unknown, SyncEvent | CoreEvent>)[] = [
      () => free.with(() => condition.wait()),
      ...[lock.acquire(), semaphore.acquire(), signal.wait(), barrier.wait()].map(event => () => waitFor(event)),
      ...[queue.get(), queue.next(), channel.put(1), deferred.wait(), subscriber.next()].map(
        event => () => waitFor(event),
      ),
    ];
    const handler = new WatchingHandler();
    virtualLoop({ handlers: [handler] }).loop.runSync(function* () {
      for (const wait of waits) {
        const tasks: Task[] = [];
        for (let n = 0; n < 10; n++) tasks.push(yield* spawn(wait()));
        yield* settle();
        for (const task of tasks) task.cancel();
        yield* settle();
      }
    });
    const left = () => handler.waiters.filter(ref => ref.deref() !== undefined).length;
    expect(left()).to.equal(10 * waits.length);
    await collectUntil(() => left() === 0);
    expect(left()).to.equal(0);
    // Uses the sources here, so that they were not collected themselves.
    expect(String([lock, condition, semaphore, signal, barrier, queue, channel, deferred, subscriber])).to.include(
      'semaphore',
    );
  });
});

/** Publishes an object of its own. */
function publish(news: Broadcast<object>): WeakRef<object> {
  const item = {};
  news.publish(item);
  return new WeakRef(item);
}

describe('sync: items that no subscriber can get', () => {
  it('are not kept in memory: without subscribers, after the last has left, and when they are too many', async function () {
    needsGc(this);
    const news = new Broadcast<object>({ capacity: 2 });
    const before = publish(news);
    const first = news.subscribe();
    const missed = [publish(news), publish(news)];
    const latest = [publish(news), publish(news)];
    const left = () => [before, ...missed, ...latest].filter(ref => ref.deref() !== undefined).length;
    await collectUntil(() => left() === latest.length);
    expect(left(), 'of those that it still holds').to.equal(latest.length);
    first.unsubscribe();
    await collectUntil(() => left() === 0);
    expect(left()).to.equal(0);
    expect(news.subscribers).to.equal(0);
  });
});

function* waitFor<E extends SyncEvent>(event: E): Coroutine<unknown, E> {
  return yield event;
}
