/** A logarithmic axis has no place for 0 and below: such values are drawn at its lower end, and `isBelow` says so. */
export interface LogAxis {
  readonly domain: readonly [low: number, high: number];
  /** Powers of ten, and 2 and 5 times them where there is room. */
  readonly ticks: readonly number[];
  /** The value, or the lower end of the axis. */
  clamp(value: number): number;
  isBelow(value: number): boolean;
}

/**
 * An axis that holds all the values.
 *
 * @param values what it must hold; those that are not positive ask for nothing
 * @param lowest it never begins below this: figures smaller than the clock can tell say nothing
 */
export function logAxis(values: readonly number[], lowest: number, highest = Infinity): LogAxis {
  let [least, most] = [highest, lowest];
  // No `Math.min(...values)`: they may be more than a call takes arguments.
  for (const value of values) {
    if (!(value >= lowest && value < Infinity)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const low = Number.isFinite(least) ? Math.max(lowest, floorStep(least / 1.15)) : lowest;
  const high = Math.min(highest, Math.max(low * 10, ceilStep(most * 1.15)));
  const domain = [low, high] as const;
  return {
    domain,
    ticks: ticksIn(domain),
    clamp: value => Math.min(Math.max(value, low), high),
    isBelow: value => value < low,
  };
}

const STEPS = [1, 2, 5, 10];

/** The next 1, 2 or 5 times a power of ten below. */
function floorStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return STEPS.findLast(step => step * power <= value * 1.0001)! * power;
}

function ceilStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return STEPS.find(step => step * power >= value * 0.9999)! * power;
}

function ticksIn([low, high]: readonly [number, number]): number[] {
  const decades = Math.log10(high / low);
  const steps = decades > 4 ? [1] : decades > 2 ? [1, 3] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const step of steps) ticks.push(Number((step * 10 ** power).toPrecision(2)));
  }
  return ticks.filter(tick => tick >= low * 0.999 && tick <= high * 1.001);
}
