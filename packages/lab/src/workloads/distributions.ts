import type { Duration } from 'escapement';
import type { Random } from '../statistics/random.js';

/** Draws times, in milliseconds. */
export type Distribution = (random: Random) => Duration;

/** The times between events that do not depend on each other. */
export function exponential(mean: Duration): Distribution {
  return random => -mean * Math.log(1 - random());
}

/** Mostly short times and some long ones: one of two exponential times, the first with probability `share`. */
export function hyperexponential(share: number, mean: Duration, otherMean: Duration): Distribution {
  const one = exponential(mean);
  const other = exponential(otherMean);
  return random => (random() < share ? one(random) : other(random));
}
