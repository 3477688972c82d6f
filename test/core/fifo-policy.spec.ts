import { expect } from 'chai';
import { FifoPolicy, type Task } from 'escapement';
import fc from 'fast-check';

describe('FifoPolicy', () => {
  it('is a queue', () => {
    // Each number is how many tasks are added, or how many are asked for when negative.
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 60 }), moves => {
        const policy = new FifoPolicy();
        const model: Task[] = [];
        for (const move of moves) {
          for (let n = 0; n < move; n++) {
            const task = { number: model.length } as unknown as Task;
            model.push(task);
            policy.add(task);
          }
          for (let n = 0; n > move; n--) expect(policy.next()).to.equal(model.shift());
        }
      }),
    );
  });
});
