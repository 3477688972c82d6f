import type { Duration, Instant } from '@escapement/core';
import { Sleep, SleepFor } from './time-event.js';

/**
 * `yield* sleep(5)` lets 5 milliseconds pass, and never resumes early. The time counts from the `yield*`, so one event
 * may be used again and again.
 *
 * @throws InvalidTimeError for NaN and negative durations
 */
export function sleep(duration: Duration): SleepFor {
  return new SleepFor(duration);
}

/**
 * `yield* sleepUntil(start + 100)` waits for an instant on the loop's clock; one that has passed resumes next turn.
 *
 * @throws InvalidTimeError for NaN
 */
export function sleepUntil(until: Instant): Sleep {
  return new Sleep(until);
}
