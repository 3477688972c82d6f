import { EscapementError, type Instant } from '@escapement/core';

/** A virtual clock was told to go back, or to no instant at all. */
export class InvalidAdvanceError extends EscapementError {
  static override readonly name = 'InvalidAdvanceError';
  override readonly code = 'ESC_INVALID_ADVANCE';

  /** @internal */
  constructor(now: Instant, given: unknown) {
    super(
      `VirtualClock.advanceTo got ${String(given)}, expected a finite instant, ${now} or later: it is ${now} now, and no clock of a loop goes back. For a duration write clock.advanceTo(clock.now() + duration).`,
    );
  }
}
