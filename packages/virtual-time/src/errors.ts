import { EscapementError, type Instant } from '@escapement/core';

/** A virtual clock was told to go back, or to no instant at all. */
export class InvalidAdvanceError extends EscapementError {
  override readonly code = 'ESC_INVALID_ADVANCE';

  /** @internal */
  constructor(now: Instant, given: unknown) {
    super(
      `VirtualClock.advanceTo got ${String(given)}, expected a finite instant, ${now} or later: it is ${now} now, and no clock of a loop goes back. For a duration write clock.advanceTo(clock.now() + duration).`,
    );
  }
}

/** The loop has no deadline left and waits for something outside, for which virtual time does not wait. */
export class NoDeadlineError extends EscapementError {
  override readonly code = 'ESC_NO_DEADLINE';

  /** @internal */
  constructor(now: Instant) {
    super(
      `virtual time stands at ${now} with no deadline to jump to: the loop waits for something outside it, and virtual time waits for nothing real. Put a handler that answers by itself in the place of the one that waits, or take a strategy in real time, for instance atomicsWaitModule from @escapement/strategies.`,
    );
  }
}
