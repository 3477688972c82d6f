/** The two-sided quantile of the normal distribution for 95 %. */
const Z = 1.959964;

/**
 * The interval that holds the true share with 95 % confidence, of something that happened so often (Wilson). The trials must be
 * independent.
 *
 * @param trials at least one
 */
export function shareInterval(happened: number, trials: number): readonly [low: number, high: number] {
  const share = happened / trials;
  const square = Z ** 2 / trials;
  const middle = share + square / 2;
  const half = Z * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials));
  return [Math.max(0, (middle - half) / (1 + square)), Math.min(1, (middle + half) / (1 + square))];
}
