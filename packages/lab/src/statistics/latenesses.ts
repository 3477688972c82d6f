import { createHistogram } from 'node:perf_hooks';
import type { Duration } from 'escapement';
import { supports } from './supports.js';

const NS_PER_MS = 1e6;

/**
 * Records any number of latenesses in little memory: how long after its deadline each sleep ended; negative if before.
 *
 * Uses a histogram of nanoseconds (exact to 0.1 %), which takes positive integers only. So early wakes are stored one by one;
 * they count in the percentiles. The minimum and the maximum are exact.
 */
export class Latenesses {
  readonly #late = createHistogram();
  readonly #early: Duration[] = [];
  #min = Infinity;
  #max = -Infinity;

  /** Adds a lateness, in ms; below 0 if the sleeper was early. */
  record(lateness: Duration): void {
    this.#min = Math.min(this.#min, lateness);
    this.#max = Math.max(this.#max, lateness);
    if (lateness < 0) this.#early.push(lateness);
    else this.#late.record(Math.max(1, Math.round(lateness * NS_PER_MS)));
  }

  /** How many were recorded. */
  get count(): number {
    return this.#early.length + this.#late.count;
  }

  /** How many sleeps ended early. */
  get early(): number {
    return this.#early.length;
  }

  /** Negative if any sleep ended early. */
  get min(): Duration {
    return this.#min;
  }

  /** The largest, in ms. */
  get max(): Duration {
    return this.#max;
  }

  /** The smallest recorded value that a share `p` (0 to 1) does not exceed; undefined if there are too few samples. */
  percentile(p: number): Duration | undefined {
    if (!supports(this.count, p)) return undefined;
    // Minus an epsilon, because products like 0.07 * 100 are slightly above a whole number.
    const rank = Math.max(1, Math.ceil(p * this.count - 1e-9));
    if (rank <= this.early) return this.#early.toSorted((a, b) => a - b)[rank - 1]!;
    const share = (rank - this.early) / this.#late.count;
    return Math.min(this.#late.percentile(100 * share) / NS_PER_MS, this.#max);
  }
}
