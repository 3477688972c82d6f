import { studentsT } from './students-t.js';
import type { Floors } from './verdict.js';

/** A change as large as this is to be found in so many of a hundred comparisons. */
const POWER = 0.9;

/**
 * The smallest slowdown that a comparison finds in nine cases of ten: from the usual approximation by the two quantiles of
 * Student's t, and the floors, which the estimate has to pass as well.
 *
 * @param deviation of the logarithms of run medians
 * @param us what is compared, in microseconds
 * @param runs a side
 * @param confidence of the interval
 * @returns the ratio: 1.3 for thirty per cent
 */
export function leastChange(deviation: number, us: number, runs: number, confidence: number, floors: Floors): number {
  const error = deviation * Math.sqrt(2 / runs);
  // Welch's degrees lie between runs - 1 and 2 * runs - 2, by the scatter that each side happens to show.
  const freedom = 1.75 * (runs - 1);
  const certain = studentsT(confidence, freedom) * error;
  const margin = studentsT(2 * POWER - 1, freedom) * error;
  const floor = Math.max(floors.ratio, 1 + floors.us / us);
  return Math.exp(Math.max(certain, Math.log(floor)) + margin);
}
