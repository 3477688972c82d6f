import { pause, spawn } from '@escapement/core';
import { FailedRunError, replay } from '@escapement/explore';
import { type GeneratedSchedule, schedules } from '@escapement/explore/fast-check';
import { assert } from 'chai';
import fc from 'fast-check';

/** Deposits, of which one may be lost from three tasks on: two read the same balance, and a third comes in between. */
function deposits(amounts: readonly number[]) {
  return function* (run: { check(check: () => void): void }) {
    let balance = 0;
    function* deposit(amount: number) {
      const before = balance;
      yield* pause();
      balance = before + amount;
    }
    const expected = amounts.reduce((sum, amount) => sum + amount, 0);
    run.check(() => assert.equal(balance, expected));
    for (const [index, amount] of amounts.entries()) yield* spawn(deposit(amount), { name: `deposit ${index}` });
  };
}

describe('schedules for fast-check', () => {
  async function counterexample(seed: number) {
    const property = fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 100 })), schedules(), (amounts, schedule) =>
      schedule.run(deposits(amounts)),
    );
    return fc.check(property, { seed, numRuns: 200 });
  }

  it('shrink together with the inputs, to the fewest deviations from the order of the loop', async () => {
    for (const seed of [1, 2, 3]) {
      const { failed, counterexample: found, errorInstance } = await counterexample(seed);
      assert.isTrue(failed);
      const [amounts, schedule] = found!;
      assert.deepEqual(amounts, [1, 1]);
      assert.match(String(schedule), /^choices \d+ differ$/);
      assert.instanceOf(errorInstance, FailedRunError);
    }
  });

  it('give an error with the run and a token, which repeats it with the same inputs', async () => {
    const { counterexample: found, errorInstance } = await counterexample(1);
    const error = errorInstance as FailedRunError;
    assert.match(error.message, /^AssertionError: expected 1 to equal 2\n/);
    assert.match(error.message, /deposit 0 +deposit 1/);
    const replayed = await replay(deposits(found![0]), error.token);
    assert.equal(String(replayed.error), 'AssertionError: expected 1 to equal 2');
    assert.isUndefined(replayed.divergence);
  });

  it('are shown by fast-check in its report, and repeat with its seed', async () => {
    const first = await counterexample(4);
    assert.include(fc.defaultReportMessage(first), 'choices ');
    const second = await counterexample(4);
    assert.equal(String(second.counterexample), String(first.counterexample));
    assert.equal(second.counterexamplePath, first.counterexamplePath);
  });

  it('without a deviation are the order of the loop, in which the program passes', async () => {
    const [schedule] = fc.sample(schedules({ deviations: 0 }), 1) as [GeneratedSchedule];
    assert.equal(String(schedule), "the explorer's own order");
    await schedule.run(deposits([1, 2, 3]));
  });

  it('differ among the first choices only, and in no more than it is told', () => {
    for (const schedule of fc.sample(schedules({ deviations: 3, choices: 10 }), { numRuns: 200, seed: 5 })) {
      const places = String(schedule).match(/\b\d+(?!\))\b/g) ?? [];
      assert.isAtMost(places.length, 3);
      for (const place of places) assert.isBelow(Number(place), 10);
    }
  });

  it('refuse counts that are none', () => {
    assert.throws(() => schedules({ deviations: -1 }), /deviations of schedules/);
    assert.throws(() => schedules({ choices: 0 }), /choices of schedules/);
  });

  it('pass the errors of wrong arguments on', async () => {
    const [schedule] = fc.sample(schedules(), 1) as [GeneratedSchedule];
    const error = await schedule.run(undefined as never).catch(thrown => thrown);
    assert.match(error.message, /schedule\.run/);
  });
});
