/** `1,034.2`: always the same number of decimals, so that they align in a column. */
export function decimal(value: number, digits: number): string {
  // Never "-0.0".
  const rounded = Number(value.toFixed(digits)) || 0;
  return rounded.toLocaleString('en-US', { minimumFractionDigits: digits });
}

/** `3,000` */
export function whole(value: number): string {
  return decimal(value, 0);
}

/** `2.5`, `34.1`, `117`, `10,845`: a tenth only where it matters. */
export function brief(value: number): string {
  return decimal(value, digitsOf(value));
}

/** `2.5 ±0.3` without the space: how far the interval reaches on its longer side, with as many decimals as the value. */
export function reach(value: number, [low, high]: readonly [number, number]): string {
  return `±${decimal(Math.max(high - value, value - low), digitsOf(value))}`;
}

/** `9 %` and `0.4 %`, without the unit. */
export function percent(value: number): string {
  return decimal(value, Math.abs(value) < 9.95 ? 1 : 0);
}

function digitsOf(value: number): number {
  return Math.abs(value) < 99.95 ? 1 : 0;
}
