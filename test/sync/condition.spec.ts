import { Condition, Lock } from '@escapement/sync';
import { expect } from 'chai';
import { Cancelled, spawn } from 'escapement';
import { endOf, settle, syncLoop } from './sync-loop.js';

// The numbers are those of the clauses in packages/sync/README.md.
describe('sync: the contract of a condition', () => {
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

  it('9. if the notified task is cancelled, the notification goes to the next waiter', () => {
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

  it('9. `notify(count)` wakes the first `count` waiting tasks, and none that waits later', () => {
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

  it('9. a task that is cancelled before a notification passes none on', () => {
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
});
