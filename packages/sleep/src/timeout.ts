import { type Coroutine, coroutine, type Duration, type Instant, type LoopEvent, type Now } from '@escapement/core';
import { type LimitEvent, type LimitedProgram, limited } from './limit.js';

/**
 * Runs `body` and evaluates to its value. If `duration` passes first, cancels `body`, waits until it has ended, and throws
 * `TimeoutError`. Of nested limits, the one that expires first throws. A cancellation of the caller takes precedence. A value
 * that comes in time is never lost. For a limit that is no error, see `moveOnAfter`.
 *
 * @param duration in milliseconds; `Infinity` means no limit
 * @param body a program, or a function that gets the `Limit`, to read and move it, and makes one
 * @throws InvalidTimeError for NaN and negative durations; TimeoutError, NotACoroutineError
 * @example const page = yield* timeout(500, fetchPage(url));
 */
export const timeout = /* @__PURE__ */ coroutine(function timeout<T, E extends LoopEvent>(
  duration: Duration,
  body: LimitedProgram<T, E>,
): Coroutine<T, E | Now | LimitEvent> {
  return limited('timeout', duration, body) as Coroutine<T, E | Now | LimitEvent>;
});

/**
 * Like `timeout`, but expires at an instant on the loop's clock.
 * @throws InvalidTimeError for NaN; TimeoutError, NotACoroutineError
 * @example yield* deadline(start + 1000, function* () { for (;;) yield* step(); });
 */
export const deadline = /* @__PURE__ */ coroutine(function deadline<T, E extends LoopEvent>(
  until: Instant,
  body: LimitedProgram<T, E>,
): Coroutine<T, E | LimitEvent> {
  return limited('deadline', until, body) as Coroutine<T, E | LimitEvent>;
});
