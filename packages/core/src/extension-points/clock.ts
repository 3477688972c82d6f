import type { Instant } from '../events/instant.js';

/**
 * Tells the time. Each sleep strategy has one, and the whole loop reads that one: who tells the time decides the sleep.
 *
 * `now` must never go backwards. It need not move between two calls, and it need not be real: a virtual clock may jump.
 *
 * @example
 * class WholeSeconds extends Clock {
 *   now() { return Math.floor(performance.now() / 1000) * 1000; }
 * }
 */
export abstract class Clock {
  abstract now(): Instant;
}
