import { expect } from 'chai';
import fc from 'fast-check';
import type * as calibration from '../../packages/strategies/dist/calibration.js';

// Not exported: only its users are.
const source = new URL('../../../packages/strategies/dist/calibration.js', import.meta.url);
const { Calibration, Overshoots, tukeyFence }: typeof calibration = await import(source.href);

const OPTIONS = { rule: tukeyFence, longestMargin: 0.4, coldMargin: 0.15, shortestNap: 0.01 };

/** The same, by sorting everything each time. */
class SlowModel {
  readonly #buckets = new Map<number, number[]>();

  learn(duration: number, overshoot: number): void {
    const power = this.#powerOf(duration);
    this.#buckets.set(power, [...(this.#buckets.get(power) ?? []), overshoot]);
  }

  marginFor(duration: number): number {
    const own = this.#learntMargin(this.#powerOf(duration));
    const others = [...this.#buckets.keys()].map(power => this.#learntMargin(power) ?? 0);
    return own ?? Math.min(0.4, Math.max(0.15, ...others));
  }

  #learntMargin(power: number): number | undefined {
    const latest = (this.#buckets.get(power) ?? []).slice(-64).sort((a, b) => a - b);
    if (latest.length < 8) return undefined;
    const quartile = (n: number) => latest[Math.ceil((n / 4) * latest.length) - 1]!;
    const fence = Math.max(0, quartile(3) + 1.5 * (quartile(3) - quartile(1)) + 0.003);
    // Too far for a spin: as if the later half were like the earlier.
    return fence <= 0.4 ? fence : Math.min(0.4, Math.max(0, quartile(2) + 4 * (quartile(2) - quartile(1)) + 0.003));
  }

  #powerOf(duration: number): number {
    return Math.min(16, Math.max(-7, Math.round(Math.log2(duration))));
  }
}

const duration = fc.oneof(
  fc.double({ min: 0.001, max: 30, noNaN: true }),
  fc.constantFrom(1, 1e-9, 5e-324, 0.25, 1e12, Number.MAX_VALUE, Infinity),
);
// With equal ones among them: those are what a sorted window gets wrong.
const overshoot = fc.oneof(
  fc.constantFrom(0, 0.08, 0.1, 0.1 + Number.EPSILON, 5000),
  fc.double({ min: -1, max: 2, noNaN: true }),
);

describe('calibration', () => {
  it('has the margins of a model that sorts all overshoots each time', () => {
    const naps = fc.array(fc.tuple(duration, overshoot), { maxLength: 400 });
    fc.assert(
      fc.property(naps, naps => {
        const learnt = new Calibration(OPTIONS);
        const model = new SlowModel();
        for (const [duration, overshoot] of naps) {
          expect(learnt.bucketFor(duration).margin).to.equal(model.marginFor(duration));
          learnt.bucketFor(duration).learn(duration, overshoot);
          model.learn(duration, overshoot);
          expect(learnt.bucketFor(duration).margin).to.equal(model.marginFor(duration));
        }
      }),
    );
  });

  it('knows every quantile of the last 64', () => {
    const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(overshoot, { minLength: 1, maxLength: 200 }), shares, (all, shares) => {
        const overshoots = new Overshoots();
        for (const each of all) overshoots.add(each);
        const sorted = all.slice(-64).sort((a, b) => a - b);
        expect(overshoots.count).to.equal(sorted.length);
        expect(overshoots.added).to.equal(all.length);
        for (const share of shares) {
          const least = sorted.find(each => sorted.filter(other => other <= each).length >= share * sorted.length);
          expect(overshoots.quantile(share)).to.equal(least);
        }
      }),
    );
  });

  it('knows the margin for which the mean spin is as long as allowed', () => {
    const spins = fc.double({ min: 0, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(fc.array(overshoot, { maxLength: 100 }), spins, (all, spin) => {
        const overshoots = new Overshoots();
        for (const each of all) overshoots.add(each);
        const margin = overshoots.marginFor(spin);
        const latest = all.slice(-64);
        const spun = latest.reduce((sum, each) => sum + Math.max(0, margin - each), 0);
        expect(latest.length === 0 ? margin : spun / latest.length).to.be.closeTo(spin, 1e-6);
        expect(overshoots.meanSpin(margin)).to.be.closeTo(spin, 1e-6);
      }),
    );
  });

  it('naps so long that the margin is left, whatever it has learnt', () => {
    const allowance = fc.oneof(fc.constant(Infinity), fc.double({ min: -1, max: 0.4, noNaN: true }));
    const sleeps = fc.array(fc.tuple(duration, overshoot, allowance), { maxLength: 200 });
    fc.assert(
      fc.property(sleeps, sleeps => {
        const learnt = new Calibration(OPTIONS);
        for (const [duration, overshoot, allowance] of sleeps) {
          const bucket = learnt.bucketFor(duration);
          const nap = bucket.napFor(duration, allowance);
          expect(nap).to.be.within(0, duration);
          // No more is spun than the margin, and what the shortest nap would not be worth.
          if (nap > OPTIONS.shortestNap && duration < 1e6) expect(duration - nap).to.be.at.most(0.4 + 1e-6);
          if (nap === 0) expect(duration).to.be.at.most(Math.min(0.41, allowance) + 1e-9);
          if (nap > 0) bucket.learn(duration, overshoot);
        }
      }),
    );
  });

  it('has 24 buckets at most, from 8 us to a minute', () => {
    const learnt = new Calibration(OPTIONS);
    for (let power = -1074; power <= 1023; power++) learnt.bucketFor(2 ** power).learn(2 ** power, 0.1);
    expect(learnt.buckets.map(({ duration }) => duration)).to.deep.equal(
      Array.from({ length: 24 }, (_, index) => 2 ** (index - 7)),
    );
    expect(learnt.bucketFor(1)).to.equal(learnt.bucketFor(1.4));
    expect(learnt.bucketFor(1)).not.to.equal(learnt.bucketFor(1.5));
  });

  it('begins with 150 us, or with the longest margin that other lengths have learnt', () => {
    const learnt = new Calibration(OPTIONS);
    expect(learnt.bucketFor(1).margin).to.equal(0.15);
    for (let n = 0; n < 8; n++) learnt.bucketFor(1).learn(1, 0.2);
    expect(learnt.bucketFor(1).margin).to.be.closeTo(0.203, 1e-9);
    expect(learnt.bucketFor(16).margin).to.be.closeTo(0.203, 1e-9);
    for (let n = 0; n < 8; n++) learnt.bucketFor(4).learn(4, 0.05);
    expect(learnt.bucketFor(4).margin).to.be.closeTo(0.053, 1e-9);
    expect(learnt.bucketFor(16).margin).to.be.closeTo(0.203, 1e-9);
  });

  it('never asks for more than the longest margin, and says what it would take', () => {
    const learnt = new Calibration(OPTIONS);
    for (let n = 0; n < 64; n++) learnt.bucketFor(1).learn(1, 7);
    expect(learnt.bucketFor(1).margin).to.equal(0.4);
    expect(learnt.bucketFor(1).wantedMargin).to.be.closeTo(7.003, 1e-9);
    expect(learnt.bucketFor(30).margin).to.equal(0.4);
  });

  it('probes now and then where sleeps are too short for a nap: rarely if that was too late, often if not', () => {
    const learnt = new Calibration(OPTIONS);
    const bucket = learnt.bucketFor(0.1);
    const probesAmong = (sleeps: number, overshoot: number) => {
      let probes = 0;
      for (let n = 0; n < sleeps; n++) {
        const nap = bucket.napFor(0.1);
        if (nap === 0) continue;
        expect(nap).to.equal(0.01);
        bucket.learn(0.1, overshoot);
        probes++;
      }
      return probes;
    };
    // 16, 32, 64, ... 512 sleeps apart, then 1024.
    expect(probesAmong(1008, 0.2)).to.equal(6);
    expect(probesAmong(10_240, 0.2)).to.equal(10);
    expect(probesAmong(1024, 0.05)).to.equal(1);
    expect(probesAmong(160, 0.05)).to.equal(10);
  });

  it('allocates nothing for a sleep of a length that it knows', function () {
    if (globalThis.gc === undefined) return this.skip();
    const learnt = new Calibration(OPTIONS);
    const sleepOften = (times: number) => {
      for (let n = 0; n < times; n++) {
        const duration = 1 + (n % 8) / 20;
        const bucket = learnt.bucketFor(duration);
        bucket.learn(duration, bucket.napFor(duration) / 10);
      }
    };
    let least = Infinity;
    for (let round = 0; round < 6; round++) {
      globalThis.gc();
      const before = process.memoryUsage().heapUsed;
      sleepOften(20_000);
      least = Math.min(least, (process.memoryUsage().heapUsed - before) / 20_000);
    }
    // Some numbers are boxed; a list or a closure would take more.
    expect(least, 'bytes a sleep').to.be.within(0, 48);
  });
});
