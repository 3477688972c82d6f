import { alternate, Sample, seededRandom, shuffled } from '@escapement/lab/internal';
import { expect } from 'chai';

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
