import { Clock, checkArgument, EventHandler, type Instant, type Waiter } from '@escapement/core';
import { TimeEvent } from './time-event.js';
import { TimerQueue } from './timer-queue.js';

/** If very many sleepers are due, they are resolved in batches: each batch runs while its memory is still cached. */
const MOST_PER_POLL = 32;

/** Handles sleeps. Adding, cancelling and expiring one cost O(1), and 24 bytes per sleeper. */
export class SleepHandler extends EventHandler<TimeEvent> {
  static override readonly name: string = 'SleepHandler';
  override readonly handles = TimeEvent;
  readonly #timers = new TimerQueue();
  readonly #clock: Clock;

  /**
   * @param clock the clock of the loop's strategy
   * @throws InvalidArgumentError if there is no clock
   */
  constructor(clock: Clock) {
    super();
    this.#clock = checkArgument('new SleepHandler', clock, 'object', "the clock of the loop's strategy");
  }

  override arm(event: TimeEvent, waiter: Waiter<void>): void {
    // A deadline that has passed is queued too: otherwise it would overtake an earlier one that is also due.
    this.#timers.add(event.dueAt(this.#clock.now()), waiter);
  }

  override disarm(): void {
    this.#timers.cancelled();
  }

  override poll(now: Instant): void {
    this.#timers.expire(now, MOST_PER_POLL);
  }

  override nextDeadline(): Instant {
    return this.#timers.earliest;
  }

  override close(): void {
    this.#timers.clear();
  }
}
