import { baseline, LatenessScenario, LoopSleeper, measureLateness, shippedStrategies } from '@escapement/lab';
import { expect } from 'chai';

describe('measureLateness', () => {
  it('counts early wakes and records how early they were', async () => {
    const { latenesses } = await measureLateness(impatient(), 50, 20);
    expect([latenesses.count, latenesses.early]).to.deep.equal([20, 20]);
    expect(latenesses.min).to.be.within(-50, 0);
  });

  it('adds to an earlier measurement', async () => {
    const measurement = await measureLateness(impatient(), 50, 3);
    await measureLateness(impatient(), 50, 4, measurement);
    expect(measurement.latenesses.count).to.equal(7);
  });

  for (const strategy of shippedStrategies()) {
    it(`never sees ${strategy.alias} wake early`, async () => {
      const { latenesses, processor } = await measureLateness(new LoopSleeper(strategy), 1.3, 10);
      expect([latenesses.count, latenesses.early]).to.deep.equal([10, 0]);
      expect(processor.percent).to.be.at.least(0);
    });
  }
});

describe('shippedStrategies', () => {
  it('are busy-wait, atomics-wait and set-timeout', () => {
    expect(shippedStrategies().map(({ alias }) => alias)).to.include.members([
      'atomics-wait',
      'busy-wait',
      'set-timeout',
    ]);
  });
});

describe('LatenessScenario', () => {
  const context = { seed: 1, progress: () => {} };

  it('measures each sleeper at each duration, equally often', async () => {
    const sleepers = [impatient('a'), impatient('b')];
    const { rows, rounds } = await new LatenessScenario({ sleepers, durations: [50, 20], rounds: 2 }).run(context);
    expect(rounds).to.equal(2);
    expect(rows.map(row => [row.durationMs, row.name])).to.deep.equal([
      [50, 'a'],
      [50, 'b'],
      [20, 'a'],
      [20, 'b'],
    ]);
    expect(rows.map(row => row.samples)).to.deep.equal([4, 4, 10, 10]);
    expect(rows.every(row => row.early === row.samples)).to.equal(true);
  });

  it('stops at the time limit, but not before the first round is done', async () => {
    const options = { sleepers: [impatient()], durations: [50], rounds: 99, timeLimit: 0 };
    expect((await new LatenessScenario(options).run(context)).rounds).to.equal(1);
  });

  it('names the sleeper that failed', async () => {
    const sleepers = [baseline('grumpy', () => Promise.reject(new Error('no')))];
    const error = await new LatenessScenario({ sleepers, durations: [5], rounds: 1 }).run(context).catch(each => each);
    expect(error.message).to.equal('grumpy 5 ms: no');
  });
});

/** Does not sleep at all. */
function impatient(name = 'impatient') {
  return baseline(name, async () => {});
}
