import { answerFor } from '@escapement/lab';
import { expect } from 'chai';
import { QUIET_MACHINE, type RowWith, resultsWith } from './support/rows-with.js';

const HYBRID: RowWith = { name: 'hybrid', p50: 2.5, cpu: 8.8 };
const SPIN: RowWith = { name: 'busy-wait', p50: 1.1, cpu: 99, waits: 'spins' };
const ATOMICS: RowWith = { name: 'atomics-wait', p50: 99, reach: 3, cpu: 3.8 };
const SLACK: RowWith = { name: 'atomics-wait slack=1', p50: 32, reach: 2, cpu: 3.8 };
const TIMEOUT: RowWith = { name: 'set-timeout', p50: 589, reach: 20, cpu: 6, waits: 'yields' };
const PRECISE: RowWith = { name: 'precise-timeout', p50: 5, cpu: 60, waits: 'yields' };

describe('answerFor', () => {
  it('names what is precise and cheap, what lets the host run, and what is cheapest', () => {
    expect(answerFor(resultsWith([SPIN, ATOMICS, PRECISE, HYBRID, SLACK, TIMEOUT]))).to.deep.equal([
      'For 1 kHz ticks here: hybrid, 2.5 us late, 8.8 % CPU; if the host must run on: set-timeout, 589 us late, 6.0 % CPU, or precise-timeout, 5.0 us late, 60 % CPU; if CPU matters most: atomics-wait slack=1, 32.0 us late, 3.8 % CPU.',
    ]);
  });

  it('has a sentence for each setting, and takes the closed loop only if there is no open one', () => {
    expect(answerFor(resultsWith([{ ...HYBRID, setting: 100 }, HYBRID, { ...HYBRID, setting: 2500 }]))).to.deep.equal([
      'For 100 Hz ticks here: hybrid, 2.5 us late, 8.8 % CPU.',
      'For 1 kHz ticks here: hybrid, 2.5 us late, 8.8 % CPU.',
      'For 2.5 kHz ticks here: hybrid, 2.5 us late, 8.8 % CPU.',
    ]);
    const closed = resultsWith([HYBRID], { scenario: 'lateness' });
    expect(answerFor(closed)).to.deep.equal(['For sleeps of 5 ms here: hybrid, 2.5 us late, 8.8 % CPU.']);
    const open = resultsWith([HYBRID]);
    expect(answerFor({ ...open, scenarios: [...closed.scenarios, ...open.scenarios] })[0]).to.match(/^For 1 kHz/);
  });

  it('says so if nothing was measured, and if the machine is busy', () => {
    const { scenarios, ...rest } = resultsWith([HYBRID]);
    const rows = scenarios[0]!.rows.map(row => ({ ...row, rounds: [], summary: null, failure: 'left out' }));
    const none = { ...rest, scenarios: [{ ...scenarios[0]!, rows }] };
    expect(answerFor(none)).to.deep.equal(['No answer: nothing was measured. Allow more time (--time).']);
    const [busy] = answerFor({ ...none, machine: { ...QUIET_MACHINE, load: 26.2 } });
    expect(busy).to.match(/nothing was measured, on a machine with load 26\.2 on 2 cores\. End other programs/);
  });

  it('takes the cheaper of two that cannot be told apart by lateness', () => {
    const [wide, cheap] = [
      { name: 'wide', p50: 50, reach: 15, cpu: 20 },
      { name: 'cheap', p50: 80, reach: 16, cpu: 10 },
    ];
    expect(answerOf([wide, cheap])).to.match(/: cheap, 80.0 us late, 10 % CPU\.$/);
    expect(answerOf([wide, { ...cheap, reach: 14 }])).to.match(/: wide, 50.0 us .*most: cheap/);
  });

  it('prefers none for less than 2 us or 10 %', () => {
    const cheap = { name: 'cheap', reach: 0, cpu: 10 };
    expect(
      answerOf([
        { ...cheap, name: 'dear', p50: 1, cpu: 20 },
        { ...cheap, p50: 2.9 },
      ]),
    ).to.match(/: cheap, 2.9 us/);
    expect(
      answerOf([
        { ...cheap, name: 'dear', p50: 1, cpu: 20 },
        { ...cheap, p50: 3.1 },
      ]),
    ).to.match(/: dear, 1.0 us/);
    expect(
      answerOf([
        { ...cheap, name: 'dear', p50: 500, cpu: 20 },
        { ...cheap, p50: 540 },
      ]),
    ).to.match(/: cheap, 540 us/);
    expect(
      answerOf([
        { ...cheap, name: 'dear', p50: 500, cpu: 20 },
        { ...cheap, p50: 560 },
      ]),
    ).to.match(/: dear, 500 us/);
  });

  it('names both of two that differ neither in lateness nor in cost', () => {
    expect(answerOf([HYBRID, { ...HYBRID, name: 'twin', p50: 2.6, cpu: 9 }])).to.match(/: hybrid or twin, 2.5 us late/);
  });

  it('names a spin only for those who can spend a core, and only if that is more precise', () => {
    expect(answerOf([SPIN, { ...HYBRID, p50: 14.5 }])).to.match(
      /here: hybrid.*a whole core may be spent: busy-wait, 1.1 us/,
    );
    expect(answerOf([SPIN, HYBRID])).not.to.include('busy-wait');
    expect(answerOf([SPIN])).to.match(/here: busy-wait, 1.1 us late, 99 % CPU\.$/);
  });

  it('offers no baseline', () => {
    expect(answerOf([ATOMICS, { name: 'by hand', p50: 1, cpu: 1, kind: 'baseline' }])).not.to.include('by hand');
    expect(answerFor(resultsWith([{ name: 'by hand', p50: 1, kind: 'baseline' }]))).to.deep.equal([]);
  });

  it('rejects what wakes early, misses many ticks or fails, and says so', () => {
    const answer = answerOf([
      ATOMICS,
      { ...HYBRID, name: 'early', early: 3 },
      { ...HYBRID, name: 'missing', missed: 600 },
      { ...HYBRID, name: 'failed', failure: 'out of order' },
    ]);
    expect(answer).to.match(/here: atomics-wait, /);
    expect(answer).to.match(
      /; not fit: early \(woke early 3 times in 5,000\), missing \(missed 12 % of its ticks\), failed \(failed\)\.$/,
    );
    expect(answerOf([{ ...HYBRID, early: 1 }])).to.match(/no strategy is fit: hybrid \(woke early/);
  });

  it('tells a few missed ticks', () => {
    expect(answerOf([{ ...HYBRID, missed: 12 }])).to.include(
      'hybrid, 2.5 us late, 8.8 % CPU, 12 of 5,000 ticks missed',
    );
  });

  it('has no answer if the machine held up half of the rounds of most strategies', () => {
    expect(answerOf([{ ...HYBRID, hit: 0.6 }, { ...SLACK, hit: 0.7 }, ATOMICS])).to.match(
      /no answer, because the machine held up 60 % of the rounds\. Measure again/,
    );
    expect(answerOf([{ ...HYBRID, hit: 0.6 }, SLACK, ATOMICS])).to.match(/here: hybrid/);
  });

  it('has no answer from too few rounds, and leaves single rows with too few out', () => {
    expect(answerOf([{ ...HYBRID, reach: null }])).to.match(/no answer from fewer than five rounds/);
    expect(answerOf([{ ...HYBRID, reach: null }, ATOMICS])).to.match(/here: atomics-wait/);
  });

  it('knows where the host does not tell the cost that a spin takes a core', () => {
    expect(
      answerOf([
        { ...SPIN, cpu: null },
        { ...PRECISE, cpu: null, p50: 9 },
      ]),
    ).to.equal(
      'For 1 kHz ticks here: precise-timeout, 9.0 us late; if a whole core may be spent: busy-wait, 1.1 us late.',
    );
  });

  describe('on the tail', () => {
    const spin = { ...SPIN, p99: 3900 };
    const tail = (rows: readonly RowWith[], schedulingClass: string | null = 'SCHED_OTHER') =>
      answerFor(resultsWith(rows, { machine: { ...QUIET_MACHINE, schedulingClass } })).slice(1);

    it('advises a real-time class where a spin shows that the scheduler makes it', () => {
      const [advice, ...others] = tail([spin, { ...HYBRID, p99: 4100 }]);
      expect(advice).to.match(
        /^At 1000 Hz p99 is 4,100 us for hybrid and 3,900 us for busy-wait.*chrt -f 50.*842 us without and 59 with it.*$/,
      );
      expect(others).to.deep.equal([]);
    });

    it('says nothing without such a tail, without that proof, or where the class is another', () => {
      expect(tail([spin, { ...HYBRID, p99: 40 }])).to.deep.equal([]);
      expect(tail([spin, { ...HYBRID, p99: null }])).to.deep.equal([]);
      expect(
        tail([
          { ...SPIN, p99: 20 },
          { ...HYBRID, p99: 4100 },
        ]),
      ).to.deep.equal([]);
      expect(tail([{ ...HYBRID, p99: 4100 }])).to.deep.equal([]);
      for (const other of ['SCHED_FIFO', null]) expect(tail([spin, { ...HYBRID, p99: 4100 }], other)).to.deep.equal([]);
    });
  });
});

function answerOf(rows: readonly RowWith[]): string {
  return answerFor(resultsWith(rows))[0]!;
}
