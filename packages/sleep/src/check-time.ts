import { type Duration, describe, type Instant, InvalidArgumentError } from '@escapement/core';

/** An invalid duration or instant: NaN, negative, or not a number. */
export class InvalidTimeError extends InvalidArgumentError {
  static override readonly name = 'InvalidTimeError';

  /** @internal */
  constructor(caller: string, given: unknown, expected: string, advice: string) {
    const shown = typeof given === 'number' ? String(given) : `${typeof given} ${describe(given)}`;
    super('ESC_INVALID_TIME', `${caller} got ${shown}, expected ${expected}. ${advice}`);
  }
}

export function checkDuration(caller: string, duration: Duration): void {
  if (typeof duration === 'number' && duration >= 0) return;
  throw new InvalidTimeError(
    caller,
    duration,
    'milliseconds, 0 or more',
    'Use sleepUntil for an instant that may have passed.',
  );
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
