import { expect } from 'chai';
import { Cancelled, currentTask, pause, runningTask, type Task } from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';

describe('runningTask', () => {
  it('is the task of the present step, also around a nested loop', () => {
    const outer = virtualLoop().loop;
    const inner = virtualLoop().loop;
    expect(runningTask()).to.equal(undefined);
    outer.runSync(function* () {
      const me: Task = yield* currentTask();
      expect(runningTask()).to.equal(me);
      inner.runSync(function* () {
        expect(runningTask()).to.equal(yield* currentTask());
        yield* pause();
      });
      expect(runningTask()).to.equal(me);
    });
    expect(runningTask()).to.equal(undefined);
    expect(Cancelled).to.be.a('function');
  });
});
