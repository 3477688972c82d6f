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
