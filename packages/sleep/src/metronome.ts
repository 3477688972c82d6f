import { type Coroutine, type Duration, type Instant, type Now, now, type Yieldable } from '@escapement/core';
import { InvalidTimeError } from './check-time.js';
import { Sleep } from './time-event.js';

/** One beat of a metronome. */
export interface Tick {
  /** Counts from 1; the missed ones count too. */
  readonly index: number;
  /** `start + index * period`, on the loop's clock. */
  readonly due: Instant;
  /** How many ticks before this one were due while the task was busy elsewhere, and are skipped. */
  readonly missed: number;
}

/**
 * Ticks without drift: tick n is due at `start + n * period`, whatever happened to the ticks before it. It starts with
 * the first `yield*`. Whoever comes too late for a tick by a whole period or more gets the latest one that is due, and
 * its `missed` counts the rest.
 */
export class Metronome implements Yieldable<Tick, Now | Sleep> {
  #start: Instant | undefined;
  #lastIndex = 0;

  /** @param period in milliseconds, above 0 and finite */
  constructor(readonly period: Duration) {
    if (period > 0 && period < Infinity && typeof period === 'number') return;
    throw new InvalidTimeError(
      'every',
      period,
      'a period in milliseconds, above 0 and finite',
      'For no delay at all use `yield* pause()`.',
    );
  }

  *[Symbol.iterator](): Coroutine<Tick, Now | Sleep> {
    const present: Instant = yield* now();
    this.#start ??= present;
    const start = this.#start;
    const latestDue = Math.floor((present - start) / this.period);
    const index = Math.max(this.#lastIndex + 1, latestDue);
    const tick = { index, due: start + index * this.period, missed: index - this.#lastIndex - 1 };
    this.#lastIndex = index;
    yield* new Sleep(tick.due);
    return tick;
  }
}

/**
 * A metronome: a loop that does something every so many milliseconds, without drift.
 *
 * @param period in milliseconds, above 0 and finite
 * @throws InvalidTimeError
 * @example
 * const frames = every(16.7);
 * for (;;) {
 *   const { missed } = yield* frames;
 *   advance(1 + missed);
 * }
 */
export function every(period: Duration): Metronome {
  return new Metronome(period);
}
