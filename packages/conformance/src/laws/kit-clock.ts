import { Clock, type Duration, type Instant } from '@escapement/core';
import { realNow } from './host.js';

/** The clock that the kit gives to plugins. It does not begin at 0, so that a duration is never right where an instant should be. */
export class KitClock extends Clock {
  #time: Instant = 5000;
  readonly #rate: number;

  /** @param rate how fast it moves by itself, as a share of real time; with 0 it stands still until the kit moves it */
  constructor(rate = 0, start: Instant = 5000) {
    super();
    this.#rate = rate;
    this.#time = start - rate * realNow();
  }

  override now(): Instant {
    return this.#rate === 0 ? this.#time : this.#time + this.#rate * realNow();
  }

  /** Only of a clock that stands still. Does nothing if `instant` has passed. */
  moveTo(instant: Instant): void {
    this.#time = Math.max(this.#time, instant);
  }

  moveBy(duration: Duration): void {
    this.#time += duration;
  }
}
