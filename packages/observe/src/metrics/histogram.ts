import type { Duration } from '@escapement/core';

/** How often durations of a certain length came. Counts only grow, so two snapshots can be subtracted. */
export interface DurationHistogram {
  /** How many durations were recorded. */
  readonly count: number;
  /** All of them together. */
  readonly sum: Duration;
  /** The longest, exactly. */
  readonly max: Duration;
  /** Half of all took no longer. See `quantile` for the error. */
  readonly p50: Duration;
  /** Nine of ten took no longer. */
  readonly p90: Duration;
  /** All but one of a hundred took no longer. */
  readonly p99: Duration;
  /** All but one of a thousand took no longer. */
  readonly p999: Duration;
  /** Those that are not empty, shortest durations first. */
  readonly buckets: readonly DurationBucket[];
}

/** The durations from the end of the bucket before up to `below`. */
export interface DurationBucket {
  /** Not included. The bounds are 1 to 16 µs, and then 16 at equal distances from each power of two of a microsecond to the next. */
  readonly below: Duration;
  /** How many durations were in the bucket. */
  readonly count: number;
}

const PER_OCTAVE_BITS = 4;
const PER_OCTAVE = 2 ** PER_OCTAVE_BITS;
const US_PER_MS = 1000;
/** In microseconds: 36 minutes. Whatever is longer has the last bucket. */
const LONGEST = 2 ** 31 - 1;
const LAST = bucketOf(LONGEST);

/** The number of the bucket of so many whole microseconds: each has its own up to 16, and then each sixteenth of an octave. */
function bucketOf(us: number): number {
  const narrowing = Math.max(0, 31 - PER_OCTAVE_BITS - Math.clz32(us));
  return (narrowing << PER_OCTAVE_BITS) + (us >>> narrowing);
}

function endOf(bucket: number): Duration {
  if (bucket === LAST) return Infinity;
  const narrowing = Math.max(0, Math.floor(bucket / PER_OCTAVE) - 1);
  return ((bucket + 1 - narrowing * PER_OCTAVE) * 2 ** narrowing) / US_PER_MS;
}

/** @internal Counts durations in buckets whose width grows with the duration. */
export class Histogram {
  readonly #counts = new Float64Array(LAST + 1);
  #count = 0;
  #sum: Duration = 0;
  #max: Duration = 0;

  get count(): number {
    return this.#count;
  }

  /** What is no duration, from a clock that goes backwards, counts as none. */
  record(given: Duration): void {
    const duration = given > 0 ? given : 0;
    this.#counts[bucketOf(Math.min(duration * US_PER_MS, LONGEST) | 0)]!++;
    this.#count++;
    this.#sum += duration;
    if (duration > this.#max) this.#max = duration;
  }

  snapshot(): DurationHistogram {
    const buckets: DurationBucket[] = [];
    this.#counts.forEach((count, bucket) => {
      if (count > 0) buckets.push({ below: endOf(bucket), count });
    });
    const counted = { count: this.#count, sum: this.#sum, max: this.#max, buckets };
    const at = (share: number) => quantile(counted, share);
    return { ...counted, p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999) };
  }
}

/**
 * The duration that `share` of all recorded ones did not exceed; 0 if there are none. Never too short, and too long by at most
 * 1/16 of it or 1 µs. From 36 minutes on it is the longest of all.
 *
 * @param share from 0 to 1
 * @example const { readyDelay } = loop.metrics();
 * if (readyDelay !== undefined) console.log(quantile(readyDelay, 0.95), 'ms');
 */
export function quantile(
  { count, max, buckets }: Pick<DurationHistogram, 'count' | 'max' | 'buckets'>,
  share: number,
): Duration {
  let left = Math.max(1, Math.ceil(share * count));
  for (const bucket of buckets) {
    left -= bucket.count;
    if (left <= 0) return Math.min(bucket.below, max);
  }
  return max;
}
