import { studentsT } from '@escapement/lab/internal';

/**
 * The interval that contains the true mean with 99.9 % confidence, by Student's t. `values` must be independent, as means of
 * runs with different seeds are, and about normal, as means of many are; at least five.
 */
export function meanInterval(values: readonly number[]): { readonly low: number; readonly high: number } {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const halfWidth = studentsT(0.999, count - 1) * Math.sqrt(variance / count);
  return { low: mean - halfWidth, high: mean + halfWidth };
}
