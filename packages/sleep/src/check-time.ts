import { type Duration, describe, type Instant, InvalidArgumentError, isThenable } from '@escapement/core';

/** An invalid duration or instant: NaN, negative, or not a number. */
export class InvalidTimeError extends InvalidArgumentError {
  static override readonly name = 'InvalidTimeError';

  /** @internal */
  constructor(caller: string, given: unknown, expected: string, advice: string) {
    super('ESC_INVALID_TIME', `${caller} got ${describe(given)}, expected ${expected}. ${advice}`);
  }
}

export function checkDuration(caller: string, duration: Duration): void {
  if (typeof duration === 'number' && duration >= 0) return;
  throw new InvalidTimeError(caller, duration, 'milliseconds, 0 or more', adviceFor(duration));
}

function adviceFor(given: unknown): string {
  if (Number.isNaN(given)) return 'Some number that it was computed from was missing or none.';
  if (typeof given === 'number') return 'Use sleepUntil for an instant that may have passed.';
  if (isThenable(given)) return 'Wait for the promise first: `yield* resolved(promise)`, from @escapement/promises.';
  if (typeof given === 'object' || typeof given === 'function')
    return 'The duration comes first: timeout(50, program).';
  return 'Pass a number; a text is made one by Number(text).';
}

export function checkInstant(caller: string, until: Instant): void {
  if (typeof until === 'number' && !Number.isNaN(until)) return;
  throw new InvalidTimeError(
    caller,
    until,
    "an instant on the loop's clock in milliseconds",
    'Start from `yield* now()`.',
  );
}
