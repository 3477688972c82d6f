import { describe, EscapementError, type Instant } from '@escapement/core';

/** `VirtualClock.advanceTo` got an instant in the past, or one that is not finite. */
export class InvalidAdvanceError extends EscapementError {
  static override readonly name = 'InvalidAdvanceError';
  override readonly code = 'ESC_INVALID_ADVANCE';

  /** @internal */
  constructor(now: Instant, given: unknown) {
    super(
      `VirtualClock.advanceTo got ${describe(given)}, expected a finite instant, ${now} or later: the clock shows ${now}, and must not go backwards. For a duration write clock.advanceTo(clock.now() + duration).`,
    );
  }
}
