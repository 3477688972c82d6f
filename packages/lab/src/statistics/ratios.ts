import type { Row } from '../results/results.js';
import { studentsT } from './students-t.js';
import { medianOf } from './summary.js';

/** How many times as large, with the interval that holds it. */
export interface Ratio {
  /** 1.3: thirty per cent more. A geometric mean. */
  readonly ratio: number;
  /** Null where there are too few values to tell. */
  readonly interval: readonly [low: number, high: number] | null;
}

/**
 * Latenesses below this count as this, in microseconds: they are what clocks and calls cost, they may be 0 or negative, and
 * ratios of them mean nothing. A wake that was early is no better than one in time.
 */
export const LEAST_US = 0.05;

const LEAST_ROUNDS = 5;

/**
 * How many times as late as `base` a row is: from the medians of the rounds that both have. What the machine did in a round
 * concerns both, so this is more exact than the ratio of the rows' own medians.
 *
 * @returns null if they share no round with samples; the interval, of 95 %, is null with fewer than five
 */
export function pairedRatio(row: Pick<Row, 'rounds'>, base: Pick<Row, 'rounds'>): Ratio | null {
  const bases = mediansByRound(base);
  const logs = [...mediansByRound(row)].flatMap(([round, median]) => {
    const other = bases.get(round);
    return other === undefined ? [] : [logOf(median) - logOf(other)];
  });
  if (logs.length === 0) return null;
  const { mean, variance } = momentsOf(logs);
  const half = studentsT(0.95, logs.length - 1) * Math.sqrt(variance / logs.length);
  return { ratio: Math.exp(mean), interval: logs.length < LEAST_ROUNDS ? null : around(mean, half) };
}

/**
 * How many times as large as `base` some values are: Welch's t-test on their logarithms, as an interval. The two may scatter
 * differently. The values must be independent: medians of runs are, medians of rounds of one run are not.
 *
 * @param values in microseconds; at least one
 * @param base the same
 * @param confidence 0.95: of a hundred such intervals five do not hold the true ratio
 * @returns the ratio of the geometric means; the interval is null if a side has fewer than two values
 */
export function welchRatio(values: readonly number[], base: readonly number[], confidence: number): Ratio {
  const [a, b] = [momentsOf(values.map(logOf)), momentsOf(base.map(logOf))];
  const difference = a.mean - b.mean;
  if (values.length < 2 || base.length < 2) return { ratio: Math.exp(difference), interval: null };
  const [errorA, errorB] = [a.variance / values.length, b.variance / base.length];
  const error = errorA + errorB;
  // Figures of virtual time may not scatter at all.
  if (error === 0) return { ratio: Math.exp(difference), interval: around(difference, 0) };
  const freedom = error ** 2 / (errorA ** 2 / (values.length - 1) + errorB ** 2 / (base.length - 1));
  return {
    ratio: Math.exp(difference),
    interval: around(difference, studentsT(confidence, freedom) * Math.sqrt(error)),
  };
}

/** The mean that goes with ratios. Values below `LEAST_US` count as that. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(momentsOf(values.map(logOf)).mean);
}

/** The standard deviation of the logarithms: 0.1 for about 10 %. NaN with fewer than two values. */
export function logDeviation(values: readonly number[]): number {
  return Math.sqrt(momentsOf(values.map(logOf)).variance);
}

function mediansByRound({ rounds }: Pick<Row, 'rounds'>): Map<number, number> {
  return new Map(
    rounds.filter(({ samplesUs }) => samplesUs.length > 0).map(({ round, samplesUs }) => [round, medianOf(samplesUs)]),
  );
}

function logOf(us: number): number {
  return Math.log(Math.max(us, LEAST_US));
}

function momentsOf(values: readonly number[]): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}

function around(log: number, half: number): readonly [number, number] {
  return [Math.exp(log - half), Math.exp(log + half)];
}
