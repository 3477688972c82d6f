import { LoopMeter, quantile } from '@escapement/observe';
import { expect } from 'chai';
import { Clock, type Task } from 'escapement';
import fc from 'fast-check';

class GivenClock extends Clock {
  time = 0;

  override now(): number {
    return this.time;
  }
}

/** A meter takes the given durations for steps. */
function histogramOf(durations: readonly number[]) {
  const clock = new GivenClock();
  const meter = new LoopMeter(clock);
  for (const duration of durations) {
    // From 0 each time, so that no rounding changes the duration.
    clock.time = 0;
    meter.runStarted();
    meter.stepStarted({ id: 1 } as Task);
    clock.time = duration;
    meter.stepEnded();
  }
  return meter.metrics().stepDuration;
}

/** From far below a microsecond to many years, each order of magnitude as often. */
const durations = fc.double({ min: -8, max: 12, noNaN: true }).map(exponent => 10 ** exponent);
const TOP = (2 ** 31 - 2 ** 26) / 1000;

describe('a histogram of durations', () => {
  it('tells each quantile as a sorted list does, never too short, and too long by at most 1/16 or 1 µs', () => {
    fc.assert(
      fc.property(
        fc.array(durations, { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (given, share) => {
          const sorted = [...given].sort((a, b) => a - b);
          const exact = sorted[Math.max(1, Math.ceil(share * given.length)) - 1]!;
          const told = quantile(histogramOf(given), share);
          expect(told).to.be.at.least(exact);
          if (exact < TOP) expect(told).to.be.at.most(exact + Math.max(exact / 16, 0.001) + 1e-9);
          else expect(told).to.equal(sorted.at(-1));
        },
      ),
    );
  });

  it('has the exact count, sum and maximum, and each duration in one bucket', () => {
    fc.assert(
      fc.property(fc.array(durations, { maxLength: 100 }), given => {
        const { count, sum, max, buckets } = histogramOf(given);
        expect(count).to.equal(given.length);
        expect(sum).to.equal(given.reduce((total, one) => total + one, 0));
        expect(max).to.equal(Math.max(0, ...given));
        let below = 0;
        for (const bucket of buckets) {
          below += bucket.count;
          // In microseconds the bound is exact.
          expect(given.filter(one => one * 1000 < bucket.below * 1000)).to.have.lengthOf(below);
        }
        expect(below).to.equal(count);
      }),
    );
  });

  it('has quantiles of its own: p50, p90, p99, p999', () => {
    const histogram = histogramOf(Array.from({ length: 1000 }, (_, index) => index + 1));
    expect(histogram.p50).to.be.within(500, 532);
    expect(histogram.p90).to.be.within(900, 957);
    expect(histogram.p99).to.be.within(990, 1000);
    expect(histogram.p999).to.be.within(999, 1000);
    expect(histogram.p50).to.equal(quantile(histogram, 0.5));
  });

  it('counts what is no duration as none: from a clock that goes backwards, or tells no number', () => {
    expect(histogramOf([-5, NaN])).to.include({ count: 2, sum: 0, max: 0, p99: 0 });
    expect(histogramOf([])).to.include({ count: 0, sum: 0, max: 0, p50: 0 });
  });

  it('keeps its size: an endless duration has the last bucket', () => {
    const { buckets, p50 } = histogramOf([Infinity, 1e300]);
    expect(buckets).to.deep.equal([{ below: Infinity, count: 2 }]);
    expect(p50).to.equal(Infinity);
  });
});
