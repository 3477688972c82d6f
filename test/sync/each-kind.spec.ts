import { Barrier, Channel, Condition, Lock, Queue, Semaphore, Signal } from '@escapement/sync';
import { expect } from 'chai';
import { Cancelled, pause, scope, sleep, spawn } from 'escapement';
import { catching, endOf, settle, syncLoop, thrownBy } from './sync-loop.js';

type Item = readonly [producer: string, number: number];

/** Two producers, 20 items each; the items in the order in which they were worked on. */
function produceAndConsume(queue: Queue<Item>, consumers: number): Item[] {
  const got: Item[] = [];
  function* produce(name: string) {
    for (let n = 0; n < 20; n++) {
      yield* queue.put([name, n]);
      if (n % 3 === 0) yield* pause();
    }
  }
  function* consume(item: Item) {
    got.push(item);
    yield* pause();
  }
  syncLoop().runSync(function* () {
    const producers = [yield* spawn(produce('a')), yield* spawn(produce('b'))];
    for (let n = 0; n < consumers; n++) yield* spawn(queue.forEach(consume));
    for (const producer of producers) yield* producer.join();
    queue.close();
  });
  return got;
}

// The numbers are those of the clauses in packages/sync/README.md.
describe('sync: the contract of each kind', () => {
  it('7. a lock belongs to the task that acquired it: nobody else releases it, but tasks below it do', () => {
    const lock = new Lock('db');
    syncLoop().runSync(function* owner() {
      yield* lock.acquire();
      yield* scope(
        (function* () {
          yield* pause();
          lock.release();
        })(),
      );
      expect(lock.isHeld).to.equal(false);
      const sibling = yield* spawn(
        lock.with(function* () {
          yield* sleep(10);
        }),
        { name: 'sibling' },
      );
      yield* settle();
      expect(lock.holder).to.equal(sibling);
      const error = thrownBy(() => lock.release());
      expect(error.code).to.equal('ESC_LOCK_NOT_HELD');
      expect(error.message).to.equal(
        'task "owner" released lock "db", which is held by task "sibling". Acquire it before, and release it once; `yield* lock.with(...)` does both.',
      );
    });
  });

  it('7. when its holder has ended, the parent holds it', () => {
    const lock = new Lock('db');
    syncLoop().runSync(function* parent() {
      const child = yield* spawn(lock.acquire(), { name: 'child' });
      yield* child.join();
      expect(lock.holder?.name).to.equal('parent');
      expect(String(lock)).to.equal('lock "db", held by task "parent", taken by task "child", which has ended');
      expect(thrownBy(() => lock.tryAcquire()).code).to.equal('ESC_LOCK_HELD');
      lock.release();
      expect(lock.isHeld).to.equal(false);
    });
  });

  it('8. `with` evaluates to the value of its body, and releases however that ends', () => {
    const lock = new Lock();
    const semaphore = new Semaphore(1);
    syncLoop().runSync(function* () {
      for (const guard of [lock, semaphore]) {
        const isFree = () => {
          const taken = guard.tryAcquire();
          if (taken) guard.release();
          return taken;
        };
        const value = yield* guard.with(function* () {
          yield* pause();
          return 'value';
        });
        expect(value).to.equal('value');
        expect(isFree()).to.equal(true);
        const failing = guard.with(
          (function* () {
            yield* pause();
            throw new RangeError('body');
          })(),
        );
        expect(yield* catching(failing)).to.include('body');
        expect(isFree()).to.equal(true);
        const task = yield* spawn(guard.with(sleep(1000)));
        yield* settle();
        expect(isFree()).to.equal(false);
        task.cancel();
        yield* settle();
        expect(isFree()).to.equal(true);
      }
    });
  });

  it('9. condition.wait holds the lock when it returns and when it throws', () => {
    const lock = new Lock();
    const condition = new Condition(lock);
    const seen: string[] = [];
    syncLoop().runSync(function* () {
      const waits = () =>
        spawn(
          lock.with(function* () {
            try {
              yield* condition.wait();
              seen.push('notified');
            } catch (error) {
              seen.push(String(error instanceof Cancelled));
              throw error;
            } finally {
              seen.push(`holds: ${lock.holder === task}`);
            }
          }),
        );
      let task = yield* waits();
      yield* settle();
      expect(lock.isHeld).to.equal(false);
      condition.notify();
      yield* task.join();
      task = yield* waits();
      yield* settle();
      yield* lock.acquire();
      task.cancel();
      yield* settle();
      expect(task.isEnded).to.equal(false);
      lock.release();
      yield* settle();
      expect(endOf(task)).to.equal('cancelled');
    });
    expect(seen).to.deep.equal(['notified', 'holds: true', 'true', 'holds: true']);
    expect(lock.isHeld).to.equal(false);
  });

  it('9. a notification whose receiver was cancelled goes to the next', () => {
    const lock = new Lock();
    const condition = new Condition(lock);
    syncLoop().runSync(function* () {
      const first = yield* spawn(lock.with(() => condition.wait()));
      const second = yield* spawn(lock.with(() => condition.wait()));
      yield* settle();
      yield* lock.acquire();
      condition.notify();
      yield* settle();
      first.cancel();
      yield* settle();
      lock.release();
      yield* second.join();
      yield* settle();
      expect(endOf(first)).to.equal('cancelled');
    });
    expect(lock.isHeld).to.equal(false);
  });

  it('9. a notification is for the first who wait, as many as it says; nobody is owed one who waits later', () => {
    const lock = new Lock();
    const condition = new Condition(lock);
    const woken: number[] = [];
    function* waits(n: number) {
      yield* condition.wait();
      woken.push(n);
    }
    syncLoop().runSync(function* () {
      condition.notify(5);
      for (const n of [0, 1, 2, 3, 4]) yield* spawn(lock.with(waits(n)));
      yield* settle();
      condition.notify(0);
      yield* settle();
      expect(woken).to.deep.equal([]);
      condition.notify();
      yield* settle();
      expect(woken).to.deep.equal([0]);
      condition.notify(2);
      yield* settle();
      expect(woken).to.deep.equal([0, 1, 2]);
      condition.notifyAll();
    });
    expect(woken).to.deep.equal([0, 1, 2, 3, 4]);
  });

  it('9. who is cancelled before a notification comes passes none on', () => {
    const lock = new Lock();
    const condition = new Condition(lock);
    syncLoop().runSync(function* () {
      const first = yield* spawn(lock.with(() => condition.wait()));
      const second = yield* spawn(lock.with(() => condition.wait()));
      yield* settle();
      first.cancel();
      yield* settle();
      expect([first, second].map(task => task.isEnded)).to.deep.equal([true, false]);
      condition.notify();
    });
  });

  it('10. a signal lets go all who wait, and whoever comes later', () => {
    const signal = new Signal();
    const order: number[] = [];
    syncLoop().runSync(function* () {
      for (const n of [0, 1, 2]) {
        yield* spawn(
          (function* () {
            yield* signal.wait();
            order.push(n);
          })(),
        );
      }
      const doomed = yield* spawn(signal.wait());
      yield* settle();
      doomed.cancel();
      expect(signal.isSet).to.equal(false);
      signal.set();
      signal.set();
      yield* settle();
      yield* signal.wait();
      order.push(3);
    });
    expect(order).to.deep.equal([0, 1, 2, 3]);
    expect(signal.isSet).to.equal(true);
  });

  it('11. a barrier opens when all have come, again and again; who is cancelled gives its place back', () => {
    const barrier = new Barrier(3, 'round');
    syncLoop().runSync(function* () {
      for (let round = 0; round < 3; round++) {
        const first = yield* spawn(barrier.wait());
        const doomed = yield* spawn(barrier.wait());
        yield* settle();
        expect(barrier.arrived).to.equal(2);
        doomed.cancel();
        expect(barrier.arrived).to.equal(1);
        const second = yield* spawn(barrier.wait());
        yield* settle();
        expect(first.isEnded).to.equal(false);
        expect(yield* barrier.wait()).to.equal(2);
        expect([yield* first.join(), yield* second.join()]).to.deep.equal([0, 1]);
        expect(barrier.arrived).to.equal(0);
      }
    });
  });

  it('11. a place that was given back does not count for the last to come', () => {
    const barrier = new Barrier(5);
    syncLoop().runSync(function* () {
      const tasks = [];
      for (let n = 0; n < 4; n++) tasks.push(yield* spawn(barrier.wait()));
      yield* settle();
      tasks[1]!.cancel();
      tasks.push(yield* spawn(barrier.wait()));
      yield* settle();
      expect(tasks.map(task => task.isEnded)).to.deep.equal([false, true, false, false, false]);
      expect(yield* barrier.wait()).to.equal(4);
      yield* settle();
      expect(tasks.map(endOf)).to.deep.equal([0, 'cancelled', 1, 2, 3]);
    });
  });

  for (const consumers of [1, 3]) {
    const order = consumers === 1 ? ', in the order of its producer' : '';
    it(`12. every item that was put comes out once${order}: ${consumers} take`, () => {
      for (const capacity of [0, 1, 3, Infinity]) {
        const got = produceAndConsume(new Queue({ capacity }), consumers);
        for (const name of ['a', 'b']) {
          const numbers = got.filter(([producer]) => producer === name).map(([, n]) => n);
          // Several work at a time: who took first need not be done first.
          if (consumers > 1) numbers.sort((x, y) => x - y);
          expect(numbers).to.deep.equal(Array.from({ length: 20 }, (_, n) => n));
        }
      }
    });
  }

  it('13. closed: puts throw, also those that wait; what is in comes out; then comes the end', () => {
    const queue = new Queue<number>({ capacity: 2, name: 'jobs' });
    syncLoop().runSync(function* () {
      yield* queue.put(1);
      yield* queue.put(2);
      const putter = yield* spawn(catching(queue.put(3)), { name: 'putter' });
      yield* settle();
      queue.close();
      queue.close();
      expect(yield* putter.join()).to.equal(
        'ESC_QUEUE_CLOSED: task "putter" put an item into queue "jobs", which is closed; the item was not taken. Close it after the last put, or take this as the sign to stop.',
      );
      expect(yield* catching(queue.put(4))).to.match(/^ESC_QUEUE_CLOSED: task "main" put an item into queue "jobs"/);
      expect(thrownBy(() => queue.tryPut(5)).code).to.equal('ESC_QUEUE_CLOSED');
      expect(yield* queue.get()).to.equal(1);
      expect(queue.tryGet()).to.equal(2);
      expect(yield* queue.next()).to.deep.equal({ done: true, value: undefined });
      expect(thrownBy(() => queue.tryGet()).code).to.equal('ESC_QUEUE_CLOSED');
      expect(yield* catching(queue.get())).to.include('which is closed, and nothing is left');
      yield* queue.forEach(function* () {
        expect.fail('not reached');
      });
    });
  });

  it('13. closing ends the waits of those who wait for an item', () => {
    const queue = new Channel<number>();
    syncLoop().runSync(function* () {
      const getter = yield* spawn(catching(queue.get()), { name: 'getter' });
      const iterator = yield* spawn(queue.next());
      yield* settle();
      queue.close();
      expect(yield* getter.join()).to.include('task "getter" wanted an item of channel');
      expect(yield* iterator.join()).to.deep.equal({ done: true, value: undefined });
    });
  });
});
