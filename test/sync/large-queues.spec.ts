import { Barrier, Channel, Lock, Queue, Semaphore } from '@escapement/sync';
import { expect } from 'chai';
import { spawn, type Task, type WaitQueue } from 'escapement';
import fc from 'fast-check';
import { needsGc } from '../support/needs-gc.js';
import { settle, syncLoop } from './sync-loop.js';

/** The queue in which tasks wait for it. */
function queueOf(source: object): WaitQueue<{ readonly isSettled: boolean }> {
  const { waiting, takers } = source as Record<string, unknown>;
  return (waiting ?? takers) as WaitQueue<{ readonly isSettled: boolean }>;
}

describe('sync: large queues', () => {
  it('a queue that grows and shrinks keeps its items in order', () => {
    const bursts = fc.array(fc.tuple(fc.nat(300), fc.nat(300)), { maxLength: 30 });
    fc.assert(
      fc.property(bursts, bursts => {
        const queue = new Queue<number>();
        const model: number[] = [];
        let last = 0;
        for (const [puts, gets] of bursts) {
          for (let n = 0; n < puts; n++) {
            model.push(++last);
            queue.tryPut(last);
          }
          for (let n = 0; n < gets; n++) expect(queue.tryGet()?.value).to.equal(model.shift());
          expect(queue.size).to.equal(model.length);
        }
      }),
    );
  });

  it('10,000 waiting tasks of which most are cancelled are served in order', () => {
    const semaphore = new Semaphore(0);
    const order: number[] = [];
    syncLoop().runSync(function* () {
      const tasks: Task[] = [];
      function* enter(n: number) {
        yield* semaphore.acquire();
        order.push(n);
      }
      for (let n = 0; n < 10_000; n++) tasks.push(yield* spawn(enter(n)));
      yield* settle();
      while (!semaphore.toString().includes('tasks waiting: 10000')) yield* settle();
      for (const [n, task] of tasks.entries()) if (n % 10 !== 3) task.cancel();
      expect(semaphore.toString()).to.include('tasks waiting: 1000');
      for (let n = 0; n < 1000; n++) semaphore.release();
    });
    expect(order).to.deep.equal(Array.from({ length: 1000 }, (_, n) => 10 * n + 3));
    expect(semaphore.free).to.equal(0);
  });

  it('describing what 10,000 tasks wait for looks at none of them, and leaves the queue as it was', () => {
    for (const source of [new Semaphore(0), new Barrier(20_000), new Lock(), new Queue(), new Channel()]) {
      let looks = 0;
      const waiter = () => ({
        get isSettled() {
          looks++;
          return false;
        },
      });
      const queue = queueOf(source);
      for (let n = 0; n < 10_000; n++) queue.add(waiter());
      queue.abandoned();
      const before = queue.maxLength;
      const texts = Array.from({ length: 10_000 }, () => String(source));
      expect(looks).to.equal(0);
      expect(queue.maxLength).to.equal(before);
      if (source instanceof Semaphore) expect(texts[0]).to.include('tasks waiting: 9999');
      if (source instanceof Barrier) expect(texts[0]).to.include('9999 of 20000');
    }
  });

  it('items that were taken, and waits that were cancelled, do not stay in memory', async function () {
    needsGc(this);
    const queue = new Queue<object>();
    const channel = new Channel<object>();
    const lock = new Lock();
    const kept: WeakRef<object>[] = [];
    syncLoop().runSync(function* () {
      lock.tryAcquire();
      for (let n = 0; n < 3; n++) {
        const item = { n };
        kept.push(new WeakRef(item));
        queue.tryPut(item);
        queue.tryGet();
        const tasks = [yield* spawn(channel.put(item)), yield* spawn(lock.with(channel.put(item)))];
        yield* settle();
        for (const task of tasks) task.cancel();
      }
      lock.release();
    });
    await new Promise(resolve => setImmediate(resolve));
    globalThis.gc!();
    expect(queue.size).to.equal(0);
    expect(kept.map(ref => ref.deref())).to.deep.equal([undefined, undefined, undefined]);
  });
});
