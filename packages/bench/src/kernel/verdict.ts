import { Sample } from '@escapement/lab/internal';
import type { BenchmarkResult } from './benchmark.js';

export type Verdict = 'reached' | 'MISSED' | 'cannot tell';

/** From `low` to `high`. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The chance that the true median lies in the interval. */
const CONFIDENCE = 0.95;

/** Whether a target is reached; `cannot tell` if the rounds differ so much that it may be or may not be. */
export function verdictOf(result: BenchmarkResult): Verdict {
  const { reach } = result;
  const { low, high } = medianInterval(comparedFigures(result));
  const mark = 'atMost' in reach ? reach.atMost : reach.timesAnchor;
  if (high <= mark) return 'reached';
  return low > mark ? 'MISSED' : 'cannot tell';
}

/** Our figure as a multiple of the anchor's: the median of the rounds' ratios, because both sides of a round share the machine's mood. */
export function ratioOf({ ours, anchor }: BenchmarkResult): Sample | undefined {
  if (anchor === undefined) return undefined;
  const { values } = anchor.figure;
  if (values.length === ours.values.length)
    return new Sample(ours.values.map((value, round) => value / values[round]!));
  return new Sample([ours.median / anchor.figure.median]);
}

/** What is compared with the target: our figures, or the ratios to the anchor's. */
function comparedFigures(result: BenchmarkResult): Sample {
  return 'atMost' in result.reach ? result.ours : ratioOf(result)!;
}

/**
 * The interval that contains the true median with 95 % confidence: from the k-th smallest value to the k-th largest, with the
 * greatest k for which it does. It assumes nothing about the distribution. Below six values that is the whole range.
 *
 * After the sign test: the number of values below the median is binomial.
 */
export function medianInterval({ values }: Sample): Interval {
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  let rank = 0;
  for (let below = 0.5 ** count, term = below; 2 * below <= 1 - CONFIDENCE; below += term) {
    rank++;
    term *= (count - rank + 1) / rank;
  }
  const skipped = Math.max(0, rank - 1);
  return { low: sorted[skipped]!, high: sorted[count - 1 - skipped]! };
}
