import { Cancelled, type Coroutine, coroutine, type Duration, type LoopEvent, type Yieldable } from '@escapement/core';
import { checkDuration } from './check-time.js';
import { sleep } from './sleep.js';
import type { SleepFor } from './time-event.js';

export interface RetryOptions {
  /** How often at most, the first time included; 3 if left out. */
  readonly attempts?: number;
  /** How long to wait after attempt 1, 2, ...; see `exponential`. No wait if left out. */
  readonly backoff?: (attempt: number) => Duration;
  /** Whether an error is worth another attempt; all are if left out. */
  readonly when?: (error: unknown) => boolean;
}

/**
 * Runs what `attempt` makes until it succeeds, and evaluates to its value; after the last attempt its error is thrown. A
 * cancellation is never retried.
 *
 * @throws RangeError for attempts that are not a whole number above 0
 * @example const page = yield* retry(() => fetchPage(url), { attempts: 5, backoff: exponential(100) });
 */
export const retry = /* @__PURE__ */ coroutine(function* retry<T, E extends LoopEvent>(
  attempt: (number: number) => Yieldable<T, E>,
  { attempts = 3, backoff = () => 0, when = () => true }: RetryOptions = {},
): Coroutine<T, E | SleepFor> {
  if (!(Number.isInteger(attempts) && attempts > 0)) {
    throw new RangeError(`retry got ${attempts} attempts, expected a whole number above 0`);
  }
  for (let number = 1; ; number++) {
    try {
      return yield* attempt(number);
    } catch (error) {
      if (error instanceof Cancelled || number === attempts || !when(error)) throw error;
    }
    yield* sleep(backoff(number));
  }
});

/**
 * A backoff that doubles: `first`, twice that, ... but not more than `most`.
 *
 * @param jitter spreads each wait over this share of it, so that many clients do not come back at once; 0 is none
 */
export function exponential(first: Duration, most: Duration = Infinity, jitter = 0): (attempt: number) => Duration {
  checkDuration('exponential', first);
  checkDuration('exponential', most);
  if (!(jitter >= 0 && jitter <= 1)) throw new RangeError(`exponential got a jitter of ${jitter}, expected 0 to 1`);
  // Not beyond 2^1000: there 0 times infinity would be no number.
  return attempt => Math.min(most, first * 2 ** Math.min(attempt - 1, 1000)) * (1 - jitter * Math.random());
}
