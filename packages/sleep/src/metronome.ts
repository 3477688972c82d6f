import { type Coroutine, type Duration, type Instant, type Now, now, type Yieldable } from '@escapement/core';
import { InvalidTimeError } from './check-time.js';
import { Sleep } from './time-event.js';

/** One tick of a metronome. */
export interface Tick {
  /** Counts from 1, missed ticks included. */
  readonly index: number;
  /** `start + index * period`, on the loop's clock. */
  readonly due: Instant;
  /** How many ticks since the last one were skipped because the task was busy. */
  readonly missed: number;
}

/**
 * Ticks without drift: tick n is due at `start + n * period`, however late the ticks before it were. `start` is the first
 * `yield*`. A task that is late by a period or more gets the latest tick that is due; its `missed` counts the skipped ones.
 * Made by `every`, which has an example.
 */
export class Metronome implements Yieldable<Tick, Now | Sleep> {
  #start: Instant | undefined;
  #lastIndex = 0;

  /**
   * @param period in milliseconds, above 0 and finite
   * @throws InvalidTimeError
   */
  constructor(readonly period: Duration) {
    if (typeof period === 'number' && period > 0 && period < Infinity) return;
    throw new InvalidTimeError(
      'every',
      period,
      'a period in milliseconds, above 0 and finite',
      'To let other tasks run without a delay use `yield* pause()`.',
    );
  }

  /** A tick counts as taken when its wait is over, so one that is abandoned, as in a `race`, takes none. */
  *[Symbol.iterator](): Coroutine<Tick, Now | Sleep> {
    for (;;) {
      const present: Instant = yield* now();
      this.#start ??= present;
      const index = Math.max(this.#lastIndex + 1, Math.floor((present - this.#start) / this.period));
      const due = this.#start + index * this.period;
      yield* new Sleep(due);
      const missed = index - this.#lastIndex - 1;
      // Another task has taken it meanwhile.
      if (missed < 0) continue;
      this.#lastIndex = index;
      return { index, due, missed };
    }
  }
}

/**
 * Makes a `Metronome`, to do something every `period` milliseconds without drift.
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
