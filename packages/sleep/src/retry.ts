import {
  bodyOf,
  type Coroutine,
  checkArgument,
  checkCallback,
  checkCount,
  checkMaker,
  coroutine,
  currentTask,
  type Duration,
  describe,
  InvalidArgumentError,
  type LoopEvent,
  NotACoroutineError,
  type Program,
  type Task,
  type Yieldable,
} from '@escapement/core';
import { checkDuration, type InvalidTimeError } from './check-time.js';
import { sleep } from './sleep.js';
import type { SleepFor } from './time-event.js';

/** How often `retry` tries, when, and after which wait. */
export interface RetryOptions {
  /** The most attempts, including the first; `Infinity`: no limit, for one around the `retry`. Default: 3. */
  readonly attempts?: number;
  /** How long to wait after attempt 1, 2, ...: `() => 100`, or `exponential(100)`. Default: no wait. */
  readonly backoff?: (attempt: number) => Duration;
  /** Whether to try again after an error. Default: after every error. */
  readonly when?: (error: unknown) => boolean;
}

/**
 * Runs the program that `attempt` returns until one succeeds, and evaluates to its value. Throws the error of the last
 * attempt. Does not retry after a cancellation: an error of the clean-up is then thrown at once.
 *
 * @throws InvalidCountError if `attempts` is neither a whole number above 0 nor `Infinity`; InvalidArgumentError for other wrong options;
 *   NotAFunctionError, NotACoroutineError
 * @example const page = yield* retry(() => fetchPage(url), { attempts: 5, backoff: exponential(100) });
 */
export const retry = /* @__PURE__ */ coroutine(function* retry<T, E extends LoopEvent>(
  attempt: (number: number) => Program<T, E>,
  options: RetryOptions = {},
): Coroutine<T, E | SleepFor> {
  const { attempts, backoff, when } = checkedOptions(options);
  checkMaker('retry', attempt);
  // Not in the type, because every loop handles it.
  const self = yield* currentTask() as Yieldable<Task>;
  for (let number = 1; ; number++) {
    let wait: Duration;
    try {
      return yield* bodyOf('retry', attempt(number), attempt);
    } catch (error) {
      // Another attempt cannot change what is no coroutine.
      const isFinal = self.isCancelled || error instanceof NotACoroutineError || number === attempts;
      if (isFinal || !mayRepeat(when, error)) throw error;
      wait = beside(error, 'backoff', () => backoff(number));
      checkWait(wait, error);
    }
    yield* sleep(wait);
  }
});

function checkedOptions(options: RetryOptions): Required<RetryOptions> {
  checkArgument('retry', options, 'object', 'options like { attempts: 5 }');
  const { attempts = 3, backoff = () => 0, when = () => true } = options;
  checkCount('attempts of retry', attempts, 1, true, 'The first attempt counts too.');
  checkCallback('backoff of retry', backoff, 'a function, like exponential(100)');
  checkCallback('when of retry', when, 'a function that takes the error');
  return { attempts, backoff, when };
}

function mayRepeat(when: (error: unknown) => boolean, error: unknown): boolean {
  const answer: unknown = beside(error, 'when', () => when(error));
  if (typeof answer !== 'object' || answer === null) return Boolean(answer);
  // A promise would always be a yes.
  const fault = `when of retry returned ${describe(answer)}, expected true or false. Pass a function that is neither async nor a generator.`;
  throw Object.assign(new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault), { cause: error });
}

function checkWait(wait: Duration, error: unknown): void {
  try {
    checkDuration('retry, from its backoff,', wait);
  } catch (fault) {
    throw Object.assign(fault as InvalidTimeError, { cause: error });
  }
}

/** What an option throws must not hide the error of the attempt. */
function beside<R>(error: unknown, option: string, call: () => R): R {
  try {
    return call();
  } catch (fault) {
    if (fault === error) throw error;
    const message = `an attempt of retry failed, and so did its ${option}: ${describe(error)}; ${describe(fault)}`;
    throw new AggregateError([error, fault], message);
  }
}

/**
 * A backoff that doubles from `first` up to `most`.
 *
 * @param jitter a share from 0 to 1: each wait is shortened by a random part of it, so that many clients do not retry at once
 * @param random what makes the part: numbers from 0 to 1 (1 excluded). Default: `Math.random`. Pass a seeded one to repeat a run
 * @throws InvalidTimeError for NaN and negative times; InvalidArgumentError for a jitter that is no share, or no function
 * @example yield* retry(fetchPage, { attempts: 5, backoff: exponential(100, 5000, 0.5) }); // 50 to 100 ms, 100 to 200, ...
 */
export function exponential(
  first: Duration,
  most: Duration = Infinity,
  jitter = 0,
  random: () => number = () => Math.random(),
): (attempt: number) => Duration {
  checkDuration('exponential', first);
  checkDuration('exponential', most);
  if (typeof jitter !== 'number' || !(jitter >= 0 && jitter <= 1)) {
    const fault = `exponential got a jitter of ${describe(jitter)}, expected 0 to 1. It is a share of each wait: 0.5 is up to half.`;
    throw new InvalidArgumentError('ESC_INVALID_JITTER', fault);
  }
  checkCallback('random of exponential', random, 'a function that returns numbers from 0 to 1');
  // At most 2^1000: 0 times infinity would be NaN.
  return attempt => Math.min(most, first * 2 ** Math.min(attempt - 1, 1000)) * (1 - jitter * random());
}
