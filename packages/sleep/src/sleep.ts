import type { Duration, Instant } from '@escapement/core';
import { Sleep, SleepFor } from './time-event.js';

/**
 * `yield* sleep(5)` waits 5 milliseconds, never less. The time counts from the `yield*`, so one event can be used many times.
 *
 * @throws InvalidTimeError for NaN and negative durations
 */
export function sleep(duration: Duration): SleepFor {
  return new SleepFor(duration);
}

/**
 * `yield* sleepUntil(start + 100)` waits until an instant on the loop's clock. One that has passed resumes next turn.
 *
 * @throws InvalidTimeError for NaN
 */
export function sleepUntil(until: Instant): Sleep {
  return new Sleep(until);
}
