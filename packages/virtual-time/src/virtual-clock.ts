import { Clock, type Instant } from '@escapement/core';
import { InvalidAdvanceError } from './errors.js';

/**
 * A clock that stands still until it is told otherwise. Begins at 0.
 *
 * The loop's strategy moves it from deadline to deadline. A program may move it as well: then its step has taken time.
 *
 * @example A step that takes 30 ms: the sleepers of others come late by as much.
 * clock.advanceTo(clock.now() + 30);
 */
export class VirtualClock extends Clock {
  #now: Instant = 0;

  override now(): Instant {
    return this.#now;
  }

  /**
   * It is `instant` now. Being there already is fine.
   * @throws InvalidAdvanceError for an instant that has passed, and one that is not finite
   */
  advanceTo(instant: Instant): void {
    if (!Number.isFinite(instant) || instant < this.#now) throw new InvalidAdvanceError(this.#now, instant);
    this.#now = instant;
  }
}
