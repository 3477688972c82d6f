import {
  confidenceOfEach,
  geometricMean,
  type Judgement,
  judge,
  logDeviation,
  pairedRatio,
  type Random,
  seededRandom,
  studentsT,
  studentsTail,
  type Verdict,
  welchRatio,
} from '@escapement/lab/internal';
import { expect } from 'chai';
import { normal, roundOf } from './support/made-up-rounds.js';

describe("Student's t", () => {
  it('agrees with the tables', () => {
    const table: readonly (readonly [confidence: number, freedom: number, t: number])[] = [
      [0.95, 1, 12.7062047],
      [0.95, 2, 4.30265273],
      [0.95, 4, 2.77644511],
      [0.99, 8, 3.35538733],
      [0.999, 4, 8.61030158],
      [0.999, 30, 3.64595864],
      [0.95, 1e6, 1.95996636],
      [0.5, 10, 0.69981206],
    ];
    for (const [confidence, freedom, t] of table) expect(studentsT(confidence, freedom)).to.be.closeTo(t, t * 1e-7);
  });

  it('has closed forms for one and two degrees of freedom', () => {
    for (const t of [0.001, 0.3, 1, 7, 400]) {
      expect(studentsTail(t, 1)).to.be.closeTo(1 - (2 / Math.PI) * Math.atan(t), 1e-12);
      expect(studentsTail(t, 2)).to.be.closeTo(1 - t / Math.sqrt(2 + t * t), 1e-12);
    }
  });

  it('finds the tail of the quantile, also between whole degrees of freedom', () => {
    for (const freedom of [1.5, 4.7, 8, 123.4, 20_000]) {
      for (const confidence of [0.01, 0.5, 0.95, 0.9999]) {
        expect(studentsTail(studentsT(confidence, freedom), freedom)).to.be.closeTo(1 - confidence, 1e-9);
      }
    }
  });
});

describe('pairedRatio', () => {
  it('is the geometric mean over the rounds that both have', () => {
    const row = { rounds: [roundOf([6]), roundOf([999], { round: 1 }), roundOf([24], { round: 2 })] };
    const base = { rounds: [roundOf([3], { round: 2 }), roundOf([3]), roundOf([], { round: 1 })] };
    const { ratio, interval } = pairedRatio(row, base)!;
    expect(ratio).to.be.closeTo(4, 1e-12);
    expect(interval).to.equal(null);
  });

  it('is null if no round is in both', () => {
    expect(pairedRatio({ rounds: [roundOf([1])] }, { rounds: [roundOf([1], { round: 1 })] })).to.equal(null);
  });

  it('has an interval that holds the true ratio in 95 % of cases, though rounds scatter widely', () => {
    const random = seededRandom(17);
    const held = share(1000, () => {
      const effects = Array.from({ length: 8 }, () => Math.exp(normal(random)));
      const rounds = (scale: number) => ({
        rounds: effects.map((effect, round) => roundOf([scale * effect * Math.exp(0.1 * normal(random))], { round })),
      });
      const [low, high] = pairedRatio(rounds(78), rounds(60))!.interval!;
      return low <= 1.3 && 1.3 <= high;
    });
    expect(held).to.be.within(0.93, 0.97);
  });
});

describe('welchRatio', () => {
  it('agrees with a worked example', () => {
    // Of 1..5 and 2, 4, .., 10: variances 2.5 and 10, so an error of sqrt(2.5), with 2.5² / (0.5² / 4 + 2² / 4) degrees.
    const [low, high] = welchRatio([2, 4, 6, 8, 10].map(Math.exp), [1, 2, 3, 4, 5].map(Math.exp), 0.95).interval!;
    const half = 2.4588 * Math.sqrt(2.5);
    expect(Math.log(low)).to.be.closeTo(3 - half, 1e-3);
    expect(Math.log(high)).to.be.closeTo(3 + half, 1e-3);
  });

  for (const deviations of [
    [0.1, 0.1],
    [0.02, 0.3],
  ] as const) {
    it(`holds the true ratio as often as it says, with deviations ${deviations.join(' and ')}`, () => {
      const random = seededRandom(23);
      for (const confidence of [0.8, 0.95, 0.99]) {
        const held = share(2000, () => {
          const [values, base] = deviations.map((deviation, n) => runs(random, n === 0 ? 78 : 60, deviation, 5 + n));
          const [low, high] = welchRatio(values!, base!, confidence).interval!;
          return low <= 1.3 && 1.3 <= high;
        });
        expect(held).to.be.closeTo(confidence, 0.025);
      }
    });
  }

  it('has no width if nothing scatters, and no interval for a single run', () => {
    expect(welchRatio([6, 6], [3, 3], 0.95).interval!.map(end => end.toFixed(9))).to.deep.equal([
      '2.000000000',
      '2.000000000',
    ]);
    expect(welchRatio([6], [3, 3], 0.95).interval).to.equal(null);
  });

  it('takes 0 and early wakes as what clocks can tell', () => {
    expect(geometricMean([-3, 0, 0.05])).to.be.closeTo(0.05, 1e-12);
    expect(logDeviation([-3, 0, 0.01])).to.be.closeTo(0, 1e-12);
    expect(welchRatio([-1, 0], [0.01, 0.02], 0.95).ratio).to.be.closeTo(1, 1e-12);
  });
});

describe('judge', () => {
  const steady = (us: number) => [0.99, 1, 1, 1, 1.01].map(factor => us * factor);
  const judged = (values: readonly number[], base: readonly number[]) => judge(values, base, 0.95);

  const cases: readonly (readonly [what: string, values: number[], base: number[], verdict: Verdict])[] = [
    ['30 % and 18 us more', steady(78), steady(60), 'slower'],
    ['30 % less', steady(60), steady(78), 'faster'],
    ['the same', steady(60), steady(60), 'no difference'],
    ['certainly 8 % more', steady(64.8), steady(60), 'no difference'],
    ['three times as much, but 1 us', steady(1.5), steady(0.5), 'no difference'],
    ['from near 0 to 5 us', steady(5), [0, -0.1, 0.02, 0.3, 0.01], 'slower'],
    ['early wakes on one side', [-4, -3, -3, -4, -5], steady(0.2), 'no difference'],
    ['30 % more in runs that scatter by half', [40, 70, 90, 120, 60], [30, 60, 50, 90, 45], 'cannot tell'],
    ['the same in runs that scatter by half', [30, 60, 50, 90, 45], [30, 60, 50, 90, 45], 'cannot tell'],
    ['four runs on one side', steady(78).slice(1), steady(60), 'cannot tell'],
  ];
  for (const [what, values, base, verdict] of cases) {
    it(`says '${verdict}' of ${what}`, () => {
      expect(judged(values, base).verdict).to.equal(verdict);
    });
  }

  it('tells the change in both units, the interval too', () => {
    const { ratio, differenceUs, interval, intervalUs } = judged(steady(78), steady(60));
    expect(ratio).to.be.closeTo(1.3, 1e-4);
    expect(differenceUs).to.be.closeTo(18, 1e-2);
    expect(interval![0]).to.be.below(1.3);
    expect(intervalUs![0]).to.be.within(16, 18);
    expect(intervalUs![1]).to.be.within(18, 20);
  });

  it('says the opposite with the sides exchanged, and agrees with its interval', () => {
    const random = seededRandom(29);
    const opposite = {
      slower: 'faster',
      faster: 'slower',
      'no difference': 'no difference',
      'cannot tell': 'cannot tell',
    };
    const seen = new Set<Verdict>();
    for (let n = 0; n < 500; n++) {
      const base = runs(random, 10 ** (2 * random()), 0.1, 6);
      const values = runs(random, geometricMean(base) * Math.exp(0.4 * normal(random)), 0.15, 6);
      const judgement = judged(values, base);
      expect(judged(base, values).verdict).to.equal(opposite[judgement.verdict]);
      expectAgreement(judgement);
      seen.add(judgement.verdict);
    }
    expect(seen.size).to.equal(4);
  });

  it('has smaller floors if told so', () => {
    expect(judge(steady(64.8), steady(60), 0.95, { ratio: 1.05, us: 1 }).verdict).to.equal('slower');
  });
});

describe('confidenceOfEach', () => {
  it('leaves 5 % for all rows together', () => {
    expect(confidenceOfEach(1)).to.be.closeTo(0.95, 1e-12);
    expect(confidenceOfEach(10)).to.be.closeTo(0.995, 1e-12);
    expect(confidenceOfEach(0)).to.be.closeTo(0.95, 1e-12);
  });

  it('lets all intervals of twenty rows hold the truth in 95 % of comparisons', () => {
    const random = seededRandom(31);
    const held = share(400, () =>
      Array.from({ length: 20 }).every(() => {
        const { interval } = judge(runs(random, 60, 0.1, 5), runs(random, 60, 0.1, 5), confidenceOfEach(20));
        return interval![0] <= 1 && 1 <= interval![1];
      }),
    );
    expect(held).to.be.within(0.92, 0.98);
  });
});

function expectAgreement({ verdict, ratio, interval, differenceUs, intervalUs }: Judgement): void {
  const [low, high] = interval!;
  expect(ratio).to.be.within(low, high);
  expect(differenceUs).to.be.within(...intervalUs!);
  if (verdict === 'slower') expect(low).to.be.above(1);
  if (verdict === 'faster') expect(high).to.be.below(1);
  const matters = [0, 1].map(end => {
    const factor = interval![end as 0 | 1];
    return Math.max(factor, 1 / factor) >= 1.1 && Math.abs(intervalUs![end as 0 | 1]) >= 2;
  });
  if (verdict === 'no difference') expect(matters).to.deep.equal([false, false]);
  if (verdict === 'cannot tell') expect(matters).to.include(true);
}

/** Made-up medians of runs. */
function runs(random: Random, us: number, deviation: number, count: number): number[] {
  return Array.from({ length: count }, () => us * Math.exp(deviation * normal(random)));
}

function share(times: number, happens: () => boolean): number {
  let happened = 0;
  for (let n = 0; n < times; n++) if (happens()) happened++;
  return happened / times;
}
