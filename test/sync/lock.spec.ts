import { Lock, Semaphore } from '@escapement/sync';
import { expect } from 'chai';
import { pause, scope, sleep, spawn } from 'escapement';
import { catching, settle, syncLoop, thrownBy } from './sync-loop.js';

// The numbers are those of the clauses in packages/sync/README.md.
describe('sync: the contract of a lock, and `with`', () => {
  it('7. only the task that acquired a lock and the tasks below it can release it', () => {
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
        'task "owner" released lock "db", which is held by task "sibling". Acquire it first, and release it once; `yield* lock.with(...)` does both.',
      );
    });
  });

  it('7. when the holder has ended, its parent holds the lock', () => {
    const lock = new Lock('db');
    syncLoop().runSync(function* parent() {
      const child = yield* spawn(lock.acquire(), { name: 'child' });
      yield* child.join();
      expect(lock.holder?.name).to.equal('parent');
      expect(String(lock)).to.equal('lock "db", held by task "parent", acquired by task "child", which has ended');
      expect(thrownBy(() => lock.tryAcquire()).code).to.equal('ESC_LOCK_HELD');
      lock.release();
      expect(lock.isHeld).to.equal(false);
    });
  });

  it('8. `with` throws the error of its body and that of the release, if both fail', () => {
    for (const guard of [new Lock('db'), new Semaphore(1, { max: 1 })]) {
      let error: unknown;
      try {
        syncLoop().runSync(
          guard.with(function* () {
            yield* pause();
            guard.release();
            throw new RangeError('body');
          }),
        );
      } catch (thrown) {
        error = thrown;
      }
      expect(error).to.be.instanceOf(AggregateError);
      const names = (error as AggregateError).errors.map(({ name }) => name);
      expect(names).to.deep.equal(['RangeError', guard instanceof Lock ? 'LockNotHeldError' : 'SemaphoreFullError']);
      const released = guard.with(function* () {
        yield* pause();
        guard.release();
      });
      expect(() => syncLoop().runSync(released)).to.throw(/released|free/);
    }
  });

  it('7. a lock that an ended run left behind is free for the next', () => {
    const lock = new Lock('db');
    const loop = syncLoop();
    loop.runSync(lock.acquire());
    loop.runSync(function* next() {
      yield* lock.acquire();
      expect(lock.holder?.name).to.equal('next');
      yield* pause();
      lock.release();
    });
    expect(lock.isHeld).to.equal(false);
  });

  it('8. `with` evaluates to the value of its body, and releases however the body ends', () => {
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
});
