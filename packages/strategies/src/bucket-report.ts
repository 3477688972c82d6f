import type { Duration } from '@escapement/core';
import type { Bucket } from './calibration.js';

/** What a strategy that naps and spins has learnt of sleeps of about one length. Durations in milliseconds. */
export interface BucketReport {
  /** About how long the sleeps were: from 0.7 to 1.4 times as long. */
  readonly duration: Duration;
  /** How many sleeps reached their deadline. */
  readonly sleeps: number;
  /** How many naps it has learnt from. */
  readonly naps: number;
  /** How long before the deadline naps are to end. */
  readonly margin: Duration;
  /** How late naps end, of the last 64: the quartiles and the most. A timer of the host may be early, below 0. */
  readonly overshoots: readonly [lower: Duration, median: Duration, upper: Duration, most: Duration];
  /** The share of the sleeps' time that was spun, by the clock. */
  readonly spun: number;
}

/** @internal */
export function reportOnBucket(bucket: Bucket): BucketReport {
  const { duration, sleeps, overshoots, margin, slept, spun } = bucket;
  const [lower, median, upper, most] = [0.25, 0.5, 0.75, 1].map(share => overshoots.quantile(share)) as FourTimes;
  const share = slept === 0 ? 0 : spun / slept;
  return { duration, sleeps, naps: overshoots.added, margin, overshoots: [lower, median, upper, most], spun: share };
}

type FourTimes = [Duration, Duration, Duration, Duration];

/** @internal A line for each of the buckets with the most sleeps. @param verb what it does with the last stretch */
export function linesOf(buckets: readonly BucketReport[], verb: string, most = 8): string[] {
  const many = new Set([...buckets].sort((a, b) => b.sleeps - a.sleeps).slice(0, most));
  const lines = buckets.filter(bucket => many.has(bucket)).map(bucket => lineOf(bucket, verb));
  return buckets.length > most ? [...lines, `${buckets.length - most} more lengths, of fewer sleeps`] : lines;
}

function lineOf({ duration, naps, margin, overshoots: [lower, , upper], spun }: BucketReport, verb: string): string {
  const late = naps === 0 ? 'no naps' : `naps ${us(lower)} to ${us(upper)} late`;
  return `${aboutSleeps(duration)}: ${late}, margin ${us(margin)}, ${percent(spun)} ${verb}`;
}

/** @internal */
export function aboutSleeps(duration: Duration): string {
  return `sleeps of about ${duration < 1 ? us(duration) : `${Number(duration.toPrecision(2))} ms`}`;
}

/** @internal */
export function us(duration: Duration): string {
  return `${(1000 * duration).toFixed(Math.abs(duration) < 0.01 ? 1 : 0)} us`;
}

/** @internal */
export function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
