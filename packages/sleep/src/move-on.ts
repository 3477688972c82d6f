import { type Coroutine, coroutine, type Duration, type Instant, type LoopEvent, type Now } from '@escapement/core';
import { type LimitEvent, type LimitedProgram, limited } from './limit.js';

/**
 * Runs `body` and evaluates to its value. If `duration` passes first, cancels `body`, waits until it has ended, and evaluates to
 * `undefined`. Otherwise like `timeout`: of nested limits, the one that expires first ends, through those inside; a
 * cancellation of the caller takes precedence; an error of the clean-up is thrown; a value that comes in time is never lost.
 *
 * @param duration in milliseconds; `Infinity` means no limit
 * @param body a program, or a function that gets the `Limit`, to read and move it, and makes one. If `undefined` is one of its
 *   values, `limit.hasExpired` tells the two apart.
 * @throws InvalidTimeError for NaN and negative durations; NotACoroutineError
 * @example const news = (yield* moveOnAfter(200, fetchNews())) ?? cachedNews;
 */
export const moveOnAfter = /* @__PURE__ */ coroutine(function moveOnAfter<T, E extends LoopEvent>(
  duration: Duration,
  body: LimitedProgram<T, E>,
): Coroutine<T | undefined, E | Now | LimitEvent> {
  return limited('moveOnAfter', duration, body);
});

/**
 * Like `moveOnAfter`, but the time is up at an instant on the loop's clock.
 * @throws InvalidTimeError for NaN; NotACoroutineError
 * @example yield* moveOnAt(end, function* () { for (;;) sample(yield* sensor.read()); });
 */
export const moveOnAt = /* @__PURE__ */ coroutine(function moveOnAt<T, E extends LoopEvent>(
  until: Instant,
  body: LimitedProgram<T, E>,
): Coroutine<T | undefined, E | LimitEvent> {
  return limited('moveOnAt', until, body) as Coroutine<T | undefined, E | LimitEvent>;
});
