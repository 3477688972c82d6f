import { Lock, Queue } from '@escapement/sync';
import { expect } from 'chai';
import { sleep, spawn, TimeoutError, timeout } from 'escapement';
import { settle, syncLoop } from './sync-loop.js';

// `timeout` runs the wait in a child task.
describe('sync: with a timeout', () => {
  it('the caller holds a lock that was acquired in time', () => {
    const lock = new Lock();
    syncLoop().runSync(function* main() {
      const other = yield* spawn(lock.with(sleep(5)));
      yield* settle();
      yield* timeout(10, lock.acquire());
      expect(other.isEnded).to.equal(true);
      expect(lock.holder?.name).to.equal('main');
      lock.release();
      expect(lock.isHeld).to.equal(false);
    });
  });

  it('no task holds a lock that was not acquired in time, once its holder has released it', () => {
    const lock = new Lock();
    syncLoop().runSync(function* () {
      const other = yield* spawn(lock.with(sleep(50)));
      yield* settle();
      try {
        yield* timeout(10, lock.acquire());
        expect.fail('not reached');
      } catch (error) {
        expect(error).to.be.instanceOf(TimeoutError);
      }
      yield* other.join();
      expect(lock.isHeld).to.equal(false);
    });
  });

  it('an item that comes too late stays in the queue', () => {
    const queue = new Queue<string>();
    syncLoop().runSync(function* () {
      try {
        yield* timeout(10, queue.get());
        expect.fail('not reached');
      } catch (error) {
        expect(error).to.be.instanceOf(TimeoutError);
      }
      yield* queue.put('late');
      expect(queue.size).to.equal(1);
    });
  });

  it('an item that comes at the instant of the deadline is not lost', () => {
    for (const [at, limit] of [
      [10, 10],
      [9.999, 10],
      [10, 9.999],
    ] as const) {
      const queue = new Queue<string>();
      const got: string[] = [];
      syncLoop().runSync(function* () {
        yield* spawn(
          (function* () {
            yield* sleep(at);
            yield* queue.put('item');
          })(),
        );
        try {
          got.push(yield* timeout(limit, queue.get()));
        } catch (error) {
          expect(error).to.be.instanceOf(TimeoutError);
        }
        yield* settle();
        yield* sleep(20);
        expect(got.length + queue.size, `put at ${at}, timeout at ${limit}`).to.equal(1);
      });
    }
  });
});
