import type { Instant } from '../events/instant.js';

/**
 * Tells the time for a whole loop. Each sleep strategy has one.
 *
 * `now` must never go backwards. It may stand still between two calls, and a virtual clock may jump.
 *
 * @example
 * class WholeSeconds extends Clock {
 *   now() { return Math.floor(performance.now() / 1000) * 1000; }
 * }
 */
export abstract class Clock {
  /** The present instant, in ms. Called often, at least once a turn: keep it cheap. */
  abstract now(): Instant;
}
