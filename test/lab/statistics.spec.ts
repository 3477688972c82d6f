import { alternate, Latenesses, Sample, seededRandom, shuffled, supports } from '@escapement/lab';
import { expect } from 'chai';

const US = 0.001;

describe('Sample', () => {
  it('keeps the values in their order', () => {
    expect(new Sample([3, 1, 2]).values).to.deep.equal([3, 1, 2]);
  });

  it('has the middle value as median, or the mean of the two middle values', () => {
    expect(new Sample([9, 1, 5]).median).to.equal(5);
    expect(new Sample([9, 1, 5, 7]).median).to.equal(6);
  });

  it('has min and max as its outermost quantiles', () => {
    const sample = new Sample([4, -2, 8]);
    expect([sample.min, sample.quantile(0), sample.max, sample.quantile(1)]).to.deep.equal([-2, -2, 8, 8]);
  });

  it('interpolates linearly between two values', () => {
    expect(new Sample([0, 10, 40]).quantile(0.75)).to.equal(25);
  });

  it('refuses an empty list', () => {
    expect(() => new Sample([])).to.throw('at least one');
  });
});

describe('shuffled', () => {
  const items = Array.from({ length: 50 }, (_, index) => index);

  it('returns a permutation and does not change the original', () => {
    const copy = shuffled(items, seededRandom(1));
    expect(copy).to.have.members(items).and.not.deep.equal(items);
    expect(items).to.deep.equal(items.toSorted((a, b) => a - b));
  });

  it('has the same order for the same seed, and another for another seed', () => {
    const order = (seed: number) => shuffled(items, seededRandom(seed)).join();
    expect(order(7)).to.equal(order(7)).and.not.equal(order(8));
  });

  it('puts each item in each place equally often', () => {
    const random = seededRandom(3);
    const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
    for (let n = 0; n < 4000; n++) {
      for (const [place, item] of shuffled([0, 1, 2, 3], random).entries()) counts[item]![place]!++;
    }
    for (const count of counts.flat()) expect(count).to.be.within(850, 1150);
  });
});

describe('supports', () => {
  it('requires a sample beyond the percentile with 95 % confidence', () => {
    expect([298, 299].map(count => supports(count, 0.99))).to.deep.equal([false, true]);
    expect([300, 2994, 2995].map(count => supports(count, 0.999))).to.deep.equal([false, false, true]);
    expect([4, 5].map(count => supports(count, 0.5))).to.deep.equal([false, true]);
  });
});

describe('Latenesses', () => {
  it('agree with sorting and counting', () => {
    const random = seededRandom(11);
    for (const share of [0, 0.2, 0.7, 1]) {
      // From nanoseconds to a second, and a share of them early.
      const values = Array.from({ length: 3000 }, () => (random() < share ? -random() : 1000 * random() ** 5));
      const latenesses = recorded(values);
      for (const p of [0.5, 0.9, 0.99, 0.999]) expectClose(latenesses.percentile(p)!, nearestRank(values, p));
      expect(latenesses.min).to.equal(Math.min(...values));
      expect(latenesses.max).to.equal(Math.max(...values));
      expect(latenesses.early).to.equal(values.filter(value => value < 0).length);
      expect(latenesses.count).to.equal(3000);
    }
  });

  it('have no percentile with too few samples', () => {
    const latenesses = recorded(Array.from({ length: 300 }, (_, index) => index));
    expect(latenesses.percentile(0.99)).to.be.a('number');
    expect(latenesses.percentile(0.999)).to.equal(undefined);
    expect(new Latenesses().percentile(0.5)).to.equal(undefined);
  });

  it('count a lateness of 0, and not as early', () => {
    const latenesses = recorded([0, 0, 0, 0, 0]);
    expect([latenesses.early, latenesses.count, latenesses.min, latenesses.max]).to.deep.equal([0, 5, 0, 0]);
    expect(latenesses.percentile(0.5)).to.equal(0);
  });

  it('count early wakes in the percentiles', () => {
    expect(recorded([-3, -2, -1, 5, 5]).percentile(0.5)).to.equal(-1);
  });
});

describe('alternate', () => {
  it('runs each candidate once a round, in an order that changes', async () => {
    const ran: string[] = [];
    const candidates = ['a', 'b', 'c'].map(name => ({ name, run: () => ran.push(name) }));
    await alternate(candidates, { rounds: 20, seed: 5 });
    const rounds = Array.from({ length: 20 }, (_, round) => ran.slice(3 * round, 3 * round + 3));
    for (const round of rounds) expect(round).to.have.members(['a', 'b', 'c']);
    expect(new Set(rounds.map(String)).size).to.be.above(3);
  });

  it('returns a sample for each, from synchronous and asynchronous figures', async () => {
    let count = 0;
    const samples = await alternate(
      [
        { name: 'counts', run: () => ++count },
        { name: 'later', run: async () => 7 },
      ],
      { rounds: 3 },
    );
    expect([...samples.keys()]).to.deep.equal(['counts', 'later']);
    expect(samples.get('counts')!.values).to.deep.equal([1, 2, 3]);
    expect(samples.get('later')!.median).to.equal(7);
  });

  it('calls onRound before each run', async () => {
    const told: string[] = [];
    const candidate = { name: 'a', run: () => told.push('ran') };
    await alternate([candidate], { rounds: 2, onRound: (round, name) => told.push(`${round} ${name}`) });
    expect(told).to.deep.equal(['0 a', 'ran', '1 a', 'ran']);
  });
});

function recorded(values: readonly number[]): Latenesses {
  const latenesses = new Latenesses();
  for (const value of values) latenesses.record(value);
  return latenesses;
}

/** The slow and obvious model. */
function nearestRank(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.find((_, index) => (index + 1) / sorted.length >= p)!;
}

/** The histogram is exact to 0.1 % or a nanosecond. */
function expectClose(actual: number, expected: number): void {
  expect(actual).to.be.closeTo(expected, Math.abs(expected) * 0.001 + US / 500);
}
