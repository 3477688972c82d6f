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
import {
  type Coroutine,
  DeadlockError,
  type Instrument,
  pause,
  type Scope,
  shield,
  sleep,
  spawn,
  type Task,
  type Yieldable,
} from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';
import { endOf, settle, syncLoop } from './sync-loop.js';

// The numbers are those of the clauses in packages/sync/README.md.
describe('sync: the contract of every wait', () => {
  it('1. an operation that need not wait is done at once: no other task runs in between', () => {
    const log: string[] = [];
    const lock = new Lock();
    const semaphore = new Semaphore(1);
    const queue = new Queue<string>({ capacity: 1 });
    const signal = new Signal();
    syncLoop().runSync(function* () {
      yield* spawn(
        (function* () {
          log.push('another task');
          yield* pause();
        })(),
      );
      yield* lock.acquire();
      yield* semaphore.acquire();
      yield* queue.put('item');
      log.push(yield* queue.get());
      yield* queue.put('next');
      log.push((yield* queue.next()).value ?? 'end');
      signal.set();
      yield* signal.wait();
      log.push(`index ${yield* new Barrier(1).wait()}`);
    });
    expect(log).to.deep.equal(['item', 'next', 'index 0', 'another task']);
  });

  it('1. such an operation does not throw Cancelled in a cancelled task', () => {
    const lock = new Lock();
    const log: string[] = [];
    syncLoop().runSync(function* () {
      const task = yield* spawn(
        (function* () {
          try {
            yield* sleep(1);
          } finally {
            yield* lock.acquire();
            log.push('acquired');
            lock.release();
          }
        })(),
      );
      yield* settle();
      task.cancel();
    });
    expect(log).to.deep.equal(['acquired']);
  });

  it('2. nothing is taken before the yield*', () => {
    const lock = new Lock();
    const queue = new Queue<number>();
    lock.acquire();
    queue.put(1);
    lock.acquire()[Symbol.iterator]();
    queue.put(1)[Symbol.iterator]();
    lock.with(function* () {});
    expect(lock.isHeld).to.equal(false);
    expect(queue.size).to.equal(0);
  });

  it('2. an event can be used any number of times, also by several tasks at once', () => {
    const queue = new Queue<number>({ capacity: 1 });
    const put = queue.put(7);
    const get = queue.get();
    syncLoop().runSync(function* () {
      const putters = [yield* spawn(put), yield* spawn(put), yield* spawn(put)];
      const getters = [yield* spawn(get), yield* spawn(get), yield* spawn(get)];
      for (const putter of putters) yield* putter.join();
      for (const getter of getters) expect(yield* getter.join()).to.equal(7);
    });
  });

  it('2. `yield event` does what `yield* event` does', () => {
    const lock = new Lock();
    const queue = new Queue<number>({ capacity: 1 });
    syncLoop().runSync(function* (): Coroutine<void, SyncEvent> {
      yield lock.acquire();
      expect(lock.isHeld).to.equal(true);
      lock.release();
      yield queue.put(1);
      expect(yield queue.get()).to.equal(1);
    });
  });

  it('3. waiting tasks are served in the order in which they came', () => {
    const lock = new Lock();
    const order: number[] = [];
    syncLoop().runSync(function* () {
      yield* lock.acquire();
      for (let n = 0; n < 50; n++) {
        yield* spawn(
          lock.with(function* () {
            order.push(n);
            yield* pause();
          }),
        );
      }
      yield* settle();
      lock.release();
    });
    expect(order).to.deep.equal(Array.from({ length: 50 }, (_, n) => n));
  });

  describe('3. waiting tasks are served in the order in which they came, also those that wait', () => {
    const lock = new Lock();
    const sold = new Condition(lock);
    const permits = new Semaphore(0);
    const empty = new Queue<number>();
    const full = new Queue<number>({ capacity: 1 });
    const channel = new Channel<number>();
    full.tryPut(-1);
    /** How task `n` waits, and how one of those that wait is served. */
    const kinds: Record<string, [wait: (n: number) => Coroutine<unknown, SyncEvent | Scope>, serve: () => void]> = {
      'for a permit': [n => servedAs(n, permits.acquire()), () => permits.release()],
      'for a notification': [n => lock.with(() => servedAs(n, sold.wait())), () => sold.notify()],
      'for an item, by get': [n => servedAs(n, empty.get()), () => empty.tryPut(0)],
      'for an item, by next': [n => servedAs(n, empty.next()), () => empty.tryPut(0)],
      'to put into a full queue': [n => servedAs(n, full.put(n)), () => full.tryGet()],
      'to put into a channel': [n => servedAs(n, channel.put(n)), () => channel.tryGet()],
      'to take from a channel': [n => servedAs(n, channel.get()), () => channel.tryPut(0)],
    };
    let order: number[] = [];

    function* servedAs<E extends SyncEvent | Scope>(n: number, wait: Yieldable<unknown, E>): Coroutine<void, E> {
      yield* wait;
      order.push(n);
    }

    for (const [title, [wait, serve]] of Object.entries(kinds)) {
      it(title, () => {
        order = [];
        syncLoop().runSync(function* () {
          for (let n = 0; n < 5; n++) yield* spawn(wait(n));
          yield* settle();
          for (let n = 0; n < 5; n++) {
            serve();
            yield* settle();
            expect(order).to.deep.equal([0, 1, 2, 3, 4].slice(0, n + 1));
          }
        });
      });
    }
  });

  it('3. an operation that is done at once overtakes no waiting task', () => {
    const lock = new Lock();
    const semaphore = new Semaphore(1);
    const full = new Queue<string>({ capacity: 1 });
    const order: string[] = [];
    syncLoop().runSync(function* () {
      yield* lock.acquire();
      yield* semaphore.acquire();
      yield* full.put('first');
      function* waits() {
        yield* lock.with(function* () {
          order.push('lock: the waiting task');
        });
      }
      function* waitsForPermit() {
        yield* semaphore.with(function* () {
          order.push('permit: the waiting task');
        });
      }
      yield* spawn(waits());
      yield* spawn(waitsForPermit());
      yield* spawn(full.put('second'));
      yield* settle();
      lock.release();
      expect(lock.tryAcquire()).to.equal(false);
      semaphore.release();
      expect(semaphore.tryAcquire()).to.equal(false);
      expect(full.tryGet()?.value).to.equal('first');
      expect(full.tryPut('third')).to.equal(false);
      yield* lock.acquire();
      yield* semaphore.acquire();
      order.push('the later task');
      expect(yield* full.get()).to.equal('second');
    });
    expect(order).to.deep.equal(['lock: the waiting task', 'permit: the waiting task', 'the later task']);
  });

  it('4. a task that is cancelled while it waits is disarmed once and takes nothing', () => {
    const disarmed: string[] = [];
    class Watched extends SyncHandler {
      override disarm(...[event, waiter]: Parameters<SyncHandler['disarm']>): void {
        disarmed.push(event.kind);
        super.disarm(event, waiter);
      }
    }
    const lock = new Lock();
    const semaphore = new Semaphore(0);
    const empty = new Queue<string>();
    const full = new Channel<string>();
    virtualLoop({ handlers: [new Watched()] }).loop.runSync(function* () {
      yield* lock.acquire();
      const cancelled = [
        yield* spawn(lock.acquire()),
        yield* spawn(semaphore.acquire()),
        yield* spawn(empty.get()),
        yield* spawn(full.put('never')),
      ];
      const [a, b, c, d] = [
        yield* spawn(lock.acquire()),
        yield* spawn(semaphore.acquire()),
        yield* spawn(empty.get()),
        yield* spawn(full.put('item')),
      ];
      yield* settle();
      for (const task of cancelled) task.cancel();
      for (const task of cancelled) task.cancel();
      lock.release();
      semaphore.release();
      empty.tryPut('item');
      expect(full.tryGet()?.value).to.equal('item');
      yield* a.join();
      yield* b.join();
      expect(yield* c.join()).to.equal('item');
      yield* d.join();
      expect(cancelled.map(endOf)).to.deep.equal(['cancelled', 'cancelled', 'cancelled', 'cancelled']);
    });
    expect(disarmed).to.deep.equal(['acquire', 'acquire', 'get', 'put']);
  });

  it('4. a task that is cancelled before its first step never waits', () => {
    const queue = new Queue<number>();
    syncLoop().runSync(function* () {
      const task = yield* spawn(queue.get());
      task.cancel();
      yield* settle();
      yield* queue.put(1);
    });
    expect(queue.size).to.equal(1);
  });

  it('5. a cancelled task keeps what it was given, and Cancelled is thrown at its next suspension', () => {
    const queue = new Queue<string>();
    const log: string[] = [];
    syncLoop().runSync(function* () {
      const taker = yield* spawn(
        (function* () {
          log.push(yield* queue.get());
          try {
            yield* pause();
          } catch (error) {
            log.push((error as Error).name);
            throw error;
          }
        })(),
      );
      yield* settle();
      yield* queue.put('item');
      taker.cancel();
    });
    expect(log).to.deep.equal(['item', 'Cancelled']);
    expect(queue.size).to.equal(0);
  });

  it('5. `with` releases a lock that its task got before the cancellation', () => {
    const lock = new Lock();
    let ran = false;
    syncLoop().runSync(function* () {
      yield* lock.acquire();
      const task = yield* spawn(
        lock.with(function* () {
          ran = true;
          yield* pause();
          expect.fail('not reached');
        }),
      );
      yield* settle();
      lock.release();
      expect(lock.holder).to.equal(task);
      task.cancel();
      yield* settle();
      expect(endOf(task)).to.equal('cancelled');
      expect(ran).to.equal(true);
      expect(lock.isHeld).to.equal(false);
    });
  });

  it('6. a wait of a run that ended with an error gets nothing', () => {
    const lock = new Lock();
    const queue = new Queue<string>();
    const barrier = new Barrier(2);
    lock.tryAcquire();
    // A cancellation does not reach these shields, so the run ends in a deadlock while they wait.
    const run = () =>
      syncLoop().runSync(function* () {
        yield* spawn(shield(lock.acquire()));
        yield* spawn(shield(queue.get()));
        yield* spawn(shield(barrier.wait()));
      });
    expect(run).to.throw(DeadlockError);
    syncLoop().runSync(function* () {
      lock.release();
      expect(lock.isHeld).to.equal(false);
      yield* queue.put('item');
      expect(queue.size).to.equal(1);
      expect(barrier.arrived).to.equal(0);
      const task = yield* spawn(barrier.wait());
      yield* settle();
      expect(task.isEnded).to.equal(false);
      yield* barrier.wait();
    });
  });

  it('every event has its kind, for handlers, instruments and reports', () => {
    const lock = new Lock();
    const queue = new Queue<number>();
    const condition = new Condition(lock);
    const waited: string[] = [];
    const instrument: Instrument = { suspended: (_task, event) => waited.push(event.kind) };
    const { loop } = virtualLoop({ handlers: [new SyncHandler()], instruments: [instrument] });
    loop.runSync(function* () {
      const tasks: Task[] = [
        yield* spawn(lock.with(() => condition.wait())),
        yield* spawn(new Semaphore(0).acquire()),
        yield* spawn(new Signal().wait()),
        yield* spawn(new Barrier(2).wait()),
        yield* spawn(queue.get()),
        yield* spawn(queue.next()),
        yield* spawn(new Channel().put(1)),
        yield* spawn(new Deferred().wait()),
        yield* spawn(new Broadcast().subscribe().next()),
      ];
      yield* settle();
      for (const task of tasks) task.cancel();
    });
    const kinds = [
      'notified',
      'acquire',
      'signal-set',
      'all-arrived',
      'get',
      'next',
      'put',
      'deferred-settled',
      'published',
    ];
    expect(waited).to.deep.equal(kinds);
  });
});
