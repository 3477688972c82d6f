import { type Acquire, Barrier, Channel, Condition, InvalidCountError, Lock, Queue, Semaphore } from '@escapement/sync';
import { expect } from 'chai';
import { type Coroutine, EscapementError, pause, spawn } from 'escapement';
import { settle, syncLoop, thrownBy } from './sync-loop.js';

describe('sync: what is refused', () => {
  it('a lock that the task holds already', () => {
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
              'task "writer" acquired lock "db", which it holds already: it would wait for itself for ever. Release it first, or leave the acquiring to the outermost caller.',
            );
        }
        expect(thrownBy(() => lock.tryAcquire()).code).to.equal('ESC_LOCK_HELD');
      });
      expect(lock.isHeld).to.equal(false);
    });
  });

  it('the same of `yield` without the star', () => {
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

  it('a lock that nobody holds', () => {
    const lock = new Lock();
    syncLoop().runSync(function* writer() {
      yield* pause();
      expect(thrownBy(() => lock.release()).message).to.equal(
        'task "writer" released lock, which is held by nobody. Acquire it before, and release it once; `yield* lock.with(...)` does both.',
      );
    });
    expect(thrownBy(() => lock.release()).message).to.include('code outside of all tasks released lock');
  });

  it('of a lock taken outside of all tasks anybody may dispose', () => {
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

  it('a permit too many', () => {
    const pool = new Semaphore(1, { name: 'pool', max: 2 });
    pool.release();
    const error = thrownBy(() => pool.release());
    expect(error.code).to.equal('ESC_SEMAPHORE_FULL');
    expect(error.message).to.include('semaphore "pool", which has all its 2 permits already');
    expect(pool.free).to.equal(2);
  });

  for (const [what, make, message] of [
    ['permits below 0', () => new Semaphore(-1), 'permits of a Semaphore is -1'],
    ['NaN permits', () => new Semaphore(Number.NaN), 'permits of a Semaphore is NaN'],
    ['half a permit', () => new Semaphore(1.5), 'is 1.5, expected a whole number, 0 or more, or Infinity'],
    ['a text', () => new Semaphore('3' as never), 'permits of a Semaphore is string 3'],
    [
      'more permits than max',
      () => new Semaphore(3, { max: 2 }),
      'max of a Semaphore is 2, expected a whole number, 3',
    ],
    ['a capacity below 0', () => new Queue({ capacity: -1 }), 'capacity of a Queue is -1'],
    ['a capacity of NaN', () => new Channel({ capacity: Number.NaN }), 'capacity of a Queue is NaN'],
    ['to notify fewer than nobody', () => new Condition(new Lock()).notify(-1), 'count of a notify is -1'],
    ['a barrier for nobody', () => new Barrier(0), 'parties of a Barrier is 0, expected a whole number, 1 or more.'],
    ['a barrier that never opens', () => new Barrier(Infinity), 'parties of a Barrier is Infinity'],
  ] as const) {
    it(what, () => {
      const error = thrownBy(make);
      expect(error).to.be.instanceOf(InvalidCountError).and.instanceOf(EscapementError);
      expect(error).to.include({ name: 'InvalidCountError', code: 'ESC_INVALID_COUNT' });
      expect(error.message).to.include(message);
    });
  }
});
