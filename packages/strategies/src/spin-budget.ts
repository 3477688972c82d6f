import type { Duration, Instant } from '@escapement/core';

/** The time that may be spun: a share of the time that passes, saved up to a limit. */
export class SpinBudget {
  #left: Duration = 0;
  #countedAt: Instant | undefined;

  /**
   * @param share of the time, 0 to 1
   * @param most the longest time that is saved up, in milliseconds
   */
  constructor(
    private readonly share: number,
    private readonly most: Duration,
  ) {}

  /** What is left at the instant `now`; below 0 if a spin was longer than expected. */
  left(now: Instant): Duration {
    this.#left = Math.min(this.most, this.#left + this.share * (now - (this.#countedAt ?? now)));
    this.#countedAt = now;
    return this.#left;
  }

  /** So much was spun. */
  spend(spun: Duration): void {
    this.#left -= spun;
  }
}
