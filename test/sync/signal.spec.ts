import { Signal } from '@escapement/sync';
import { expect } from 'chai';
import { spawn } from 'escapement';
import { settle, syncLoop } from './sync-loop.js';

// The numbers are those of the clauses in packages/sync/README.md.
describe('sync: the contract of a signal', () => {
  it('10. `set` resumes all waiting tasks, and a later `wait` returns at once', () => {
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
      const cancelled = yield* spawn(signal.wait());
      yield* settle();
      cancelled.cancel();
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
});
