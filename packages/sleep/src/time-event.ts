import { type Duration, type Instant, LoopEvent } from '@escapement/core';
import { checkDuration, checkInstant } from './check-time.js';

/** An event that happens when the loop's clock reaches an instant, never earlier. */
export abstract class TimeEvent extends LoopEvent<void> {
  static override readonly name: string = 'TimeEvent';
  static override readonly servedBy: string = 'sleepModule of escapement or @escapement/sleep/module';
  /** A brand: what only looks like it has no handler. The field does not exist at run time. */
  protected declare readonly _isOfTime: true;

  /** @returns the deadline of a wait that begins at `start`; one that has passed resumes next turn */
  abstract dueAt(start: Instant): Instant;
}

/**
 * Waits until an instant.
 *
 * @example
 * const start = yield* now();
 * yield* new Sleep(start + 5);
 */
export class Sleep extends TimeEvent {
  // An accessor: a field would cost each of a million sleepers 8 bytes.
  override get kind() {
    return 'sleep' as const;
  }

  /**
   * @param until on the loop's clock. One that has passed resumes next turn; only a cancellation ends `Infinity` (or 8,900
   *   years).
   * @throws InvalidTimeError for NaN
   */
  constructor(readonly until: Instant) {
    super();
    checkInstant('Sleep', until);
  }

  override dueAt(): Instant {
    return this.until;
  }
}

/** Waits for a duration, counted from the start of the wait. */
export class SleepFor extends TimeEvent {
  override get kind() {
    return 'sleep-for' as const;
  }

  /**
   * @param duration in milliseconds, fractions too. 0 resumes next turn; only a cancellation ends `Infinity` (or 8,900 years).
   * @throws InvalidTimeError for NaN and negative durations
   */
  constructor(readonly duration: Duration) {
    super();
    checkDuration('SleepFor', duration);
  }

  override dueAt(start: Instant): Instant {
    return start + this.duration;
  }
}
