import {
  bodyOf,
  Cancelled,
  type Coroutine,
  checkCount,
  checkMaker,
  coroutine,
  type Duration,
  InvalidArgumentError,
  type LoopEvent,
  NotACoroutineError,
  type Program,
} from '@escapement/core';
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
 * @throws InvalidCountError for attempts that are not a whole number above 0; NotAFunctionError, NotACoroutineError
 * @example const page = yield* retry(() => fetchPage(url), { attempts: 5, backoff: exponential(100) });
 */
export const retry = /* @__PURE__ */ coroutine(function* retry<T, E extends LoopEvent>(
  attempt: (number: number) => Program<T, E>,
  { attempts = 3, backoff = () => 0, when = () => true }: RetryOptions = {},
): Coroutine<T, E | SleepFor> {
  checkCount('attempts of retry', attempts, 1, false, 'The first one counts too.');
  checkMaker('retry', attempt);
  for (let number = 1; ; number++) {
    try {
      return yield* bodyOf('retry', attempt(number), attempt);
    } catch (error) {
      if (isFinal(error) || number === attempts || !when(error)) throw error;
    }
    yield* sleep(backoff(number));
  }
});

/** What would be the same at the next attempt. */
function isFinal(error: unknown): boolean {
  return error instanceof Cancelled || error instanceof NotACoroutineError;
}

/**
 * A backoff that doubles: `first`, twice that, ... but not more than `most`.
 *
 * @param jitter spreads each wait over this share of it, so that many clients do not come back at once; 0 is none
 */
export function exponential(first: Duration, most: Duration = Infinity, jitter = 0): (attempt: number) => Duration {
  checkDuration('exponential', first);
  checkDuration('exponential', most);
  if (!(jitter >= 0 && jitter <= 1)) {
    const fault = `exponential got a jitter of ${jitter}, expected 0 to 1. It is a share of each wait: 0.5 is up to half.`;
    throw new InvalidArgumentError('ESC_INVALID_JITTER', fault);
  }
  // Not beyond 2^1000: there 0 times infinity would be no number.
  return attempt => Math.min(most, first * 2 ** Math.min(attempt - 1, 1000)) * (1 - jitter * Math.random());
}
