import { type Duration, type Instant, LoopEvent } from '@escapement/core';
import { checkDuration, checkInstant } from './check-time.js';

/** An event in time: it happens when the loop's clock reaches an instant. Never early. */
export abstract class TimeEvent extends LoopEvent<void> {
  static override readonly name: string = 'TimeEvent';
  /** The instant to wait for, of a wait that begins at `start`. May have passed: then it happens next turn. */
  abstract dueAt(start: Instant): Instant;
}

/**
 * Waits for a point in time. It only stores its target; `SleepHandler` knows how to wait for it.
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
   * @param until on the loop's clock; one that has passed resumes next turn, `Infinity` (or 8,900 years) waits until
   *   cancelled.
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

/** Waits for a length of time, counted from the moment that the wait begins. */
export class SleepFor extends TimeEvent {
  override get kind() {
    return 'sleep-for' as const;
  }

  /**
   * @param duration in milliseconds, fractions too; 0 resumes next turn, `Infinity` (or 8,900 years) waits until cancelled.
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
