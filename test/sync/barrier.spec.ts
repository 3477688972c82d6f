import { Barrier } from '@escapement/sync';
import { expect } from 'chai';
import { spawn } from 'escapement';
import { endOf, settle, syncLoop } from './sync-loop.js';

// The numbers are those of the clauses in packages/sync/README.md.
describe('sync: the contract of a barrier', () => {
  it('11. a barrier opens each time that all parties have arrived; a cancelled task no longer counts', () => {
    const barrier = new Barrier(3, 'round');
    syncLoop().runSync(function* () {
      for (let round = 0; round < 3; round++) {
        const first = yield* spawn(barrier.wait());
        const cancelled = yield* spawn(barrier.wait());
        yield* settle();
        expect(barrier.arrived).to.equal(2);
        cancelled.cancel();
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

  it('11. the places of the tasks that remain are counted without the cancelled one', () => {
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
});
