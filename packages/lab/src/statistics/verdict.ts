import { geometricMean, type Ratio, welchRatio } from './ratios.js';

/** What a comparison says of a row. */
export type Verdict = 'slower' | 'faster' | 'no difference' | 'cannot tell';

/** Whether a verdict is an alarm if nothing changed. */
export function isChange(verdict: Verdict): boolean {
  return verdict === 'slower' || verdict === 'faster';
}

/** Smaller changes do not matter, even if they are certain. A change counts if it passes both. */
export interface Floors {
  /** 1.1: ten per cent. */
  readonly ratio: number;
  /** In microseconds. */
  readonly us: number;
}

/** With these, identical code raised next to no alarm in real runs, and a factor of 1.3 was found. */
export const FLOORS: Floors = { ratio: 1.1, us: 2 };

/** With fewer runs a side the scatter between runs is unknown, and every verdict is `'cannot tell'`. */
export const LEAST_RUNS = 5;

/** A verdict and what it rests on. */
export interface Judgement extends Ratio {
  /** Of the new side against the base. */
  readonly verdict: Verdict;
  /** New minus base, in microseconds. */
  readonly differenceUs: number;
  /** What the interval of the ratio means in microseconds. */
  readonly intervalUs: readonly [low: number, high: number] | null;
}

/**
 * Whether the medians of some runs are slower than those of others.
 *
 * - `'slower'`, `'faster'`: the interval does not hold 1, and the ratio passes both floors.
 * - `'no difference'`: no ratio in the interval passes both floors.
 * - `'cannot tell'`: anything else, or fewer than five runs a side.
 *
 * @param values medians of runs of the new side, in microseconds; at least one
 * @param base medians of runs of the other
 * @param confidence of the interval. For several rows take `confidenceOfEach`
 */
export function judge(
  values: readonly number[],
  base: readonly number[],
  confidence: number,
  floors: Floors = FLOORS,
): Judgement {
  const { ratio, interval } = welchRatio(values, base, confidence);
  const middle = Math.sqrt(geometricMean(values) * geometricMean(base));
  const usOf = (of: number) => middle * (Math.sqrt(of) - 1 / Math.sqrt(of));
  const matters = (of: number) => Math.max(of, 1 / of) >= floors.ratio && Math.abs(usOf(of)) >= floors.us;
  const enough = Math.min(values.length, base.length) >= LEAST_RUNS;
  return {
    verdict: interval === null || !enough ? 'cannot tell' : verdictOf(ratio, interval, matters),
    ratio,
    interval,
    differenceUs: usOf(ratio),
    intervalUs: interval && [usOf(interval[0]), usOf(interval[1])],
  };
}

/**
 * The confidence that the interval of each of so many rows needs, so that all of them together hold the truth with 95 %
 * (Bonferroni). Holm's correction finds a little more, but its intervals do not agree with its verdicts.
 */
export function confidenceOfEach(rows: number, confidence = 0.95): number {
  return 1 - (1 - confidence) / Math.max(1, rows);
}

function verdictOf(ratio: number, [low, high]: readonly [number, number], matters: (of: number) => boolean): Verdict {
  if (matters(ratio) && low > 1) return 'slower';
  if (matters(ratio) && high < 1) return 'faster';
  return matters(low) || matters(high) ? 'cannot tell' : 'no difference';
}
