import { type Acquire, Barrier, Channel, Condition, InvalidCountError, Lock, Queue, Semaphore } from '@escapement/sync';
import { expect } from 'chai';
import { type Coroutine, EscapementError, pause, spawn } from 'escapement';
import { settle, syncLoop, thrownBy } from './sync-loop.js';

describe('sync: errors', () => {
  it('LockHeldError: a task acquires a lock that it holds already', () => {
    const lock = new Lock('db');
    syncLoop().runSync(function* writer() {
      yield* lock.with(function* () {
        try {
          yield* lock.acquire();
          expect.fail('not reached');
        } catch (error) {
          expect(error).to.have.property('code', 'ESC_LOCK_HELD');
          expect(error)
            .to.have.property('message')
            .that.equals(
              'task "writer" acquired lock "db", which it already holds: it would wait for itself forever. Release it first, or acquire it only in the outermost caller.',
            );
        }
        expect(thrownBy(() => lock.tryAcquire()).code).to.equal('ESC_LOCK_HELD');
      });
      expect(lock.isHeld).to.equal(false);
    });
  });

  it('LockHeldError: with `yield` without the star, too', () => {
    const lock = new Lock();
    syncLoop().runSync(function* (): Coroutine<void, Acquire> {
      yield lock.acquire();
      try {
        yield lock.acquire();
        expect.fail('not reached');
      } catch (error) {
        expect(error).to.have.property('code', 'ESC_LOCK_HELD');
      }
    });
  });

  it('LockNotHeldError: a task releases a lock that no task holds', () => {
    const lock = new Lock();
    syncLoop().runSync(function* writer() {
      yield* pause();
      expect(thrownBy(() => lock.release()).message).to.equal(
        'task "writer" released lock, which is held by nobody. Acquire it first, and release it once; `yield* lock.with(...)` does both.',
      );
    });
    expect(thrownBy(() => lock.release()).message).to.include('code outside any task released lock');
  });

  it('none when a task releases a lock that was acquired outside any task', () => {
    const lock = new Lock();
    expect(lock.tryAcquire()).to.equal(true);
    expect(lock.tryAcquire()).to.equal(false);
    syncLoop().runSync(function* () {
      const task = yield* spawn(lock.with(pause()));
      yield* settle();
      lock.release();
      yield* task.join();
    });
    expect(lock.isHeld).to.equal(false);
  });

  it('SemaphoreFullError: a release too many', () => {
    const pool = new Semaphore(1, { name: 'pool', max: 2 });
    pool.release();
    const error = thrownBy(() => pool.release());
    expect(error.code).to.equal('ESC_SEMAPHORE_FULL');
    expect(error.message).to.include('semaphore "pool", which already has all of its 2 permits');
    expect(pool.free).to.equal(2);
  });

  for (const [what, make, message] of [
    ['permits below 0', () => new Semaphore(-1), 'permits of a Semaphore is -1'],
    ['NaN permits', () => new Semaphore(Number.NaN), 'permits of a Semaphore is NaN'],
    ['half a permit', () => new Semaphore(1.5), 'is 1.5, expected a whole number, 0 or more, or Infinity'],
    ['a string of permits', () => new Semaphore('3' as never), 'permits of a Semaphore is "3"'],
    [
      'more permits than max',
      () => new Semaphore(3, { max: 2 }),
      'max of a Semaphore is 2, expected a whole number, 3',
    ],
    ['a capacity below 0', () => new Queue({ capacity: -1 }), 'capacity of a Queue is -1'],
    ['a capacity of NaN', () => new Channel({ capacity: Number.NaN }), 'capacity of a Queue is NaN'],
    ['a notify of fewer than 0', () => new Condition(new Lock()).notify(-1), 'count of a notify is -1'],
    ['a barrier for 0 parties', () => new Barrier(0), 'parties of a Barrier is 0, expected a whole number, 1 or more.'],
    ['a barrier that never opens', () => new Barrier(Infinity), 'parties of a Barrier is Infinity'],
  ] as const) {
    it(`InvalidCountError: ${what}`, () => {
      const error = thrownBy(make);
      expect(error).to.be.instanceOf(InvalidCountError).and.instanceOf(EscapementError);
      expect(error).to.include({ name: 'InvalidCountError', code: 'ESC_INVALID_COUNT' });
      expect(error.message).to.include(message);
    });
  }
});
