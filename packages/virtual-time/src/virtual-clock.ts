import { Clock, type Instant } from '@escapement/core';
import { InvalidAdvanceError } from './errors.js';

/**
 * A clock that stands still until `advanceTo` moves it. Begins at 0.
 *
 * The loop's strategy moves it from deadline to deadline. A program may move it as well, to simulate a step that takes time.
 *
 * @example A step that takes 30 ms: other tasks wake up to 30 ms late.
 * clock.advanceTo(clock.now() + 30);
 */
export class VirtualClock extends Clock {
  #now: Instant = 0;

  override now(): Instant {
    return this.#now;
  }

  /**
   * Moves the clock to `instant`, which may be the present one.
   * @throws InvalidAdvanceError if `instant` is in the past or not finite
   */
  advanceTo(instant: Instant): void {
    if (!Number.isFinite(instant) || instant < this.#now) throw new InvalidAdvanceError(this.#now, instant);
    this.#now = instant;
  }
}
