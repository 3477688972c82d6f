import { Clock, EventHandler, type Instant, type Waiter } from '@escapement/core';
import { TimeEvent } from './time-event.js';
import { TimerQueue } from './timer-queue.js';

/** When very many are due at once, the first of them run before the last are taken out: their memory is still cached. */
const MOST_PER_POLL = 32;

/** Waits for points in time. Adding, cancelling and expiring cost O(1), and 24 bytes a sleeper. */
export class SleepHandler extends EventHandler<TimeEvent> {
  static override readonly name: string = 'SleepHandler';
  override readonly handles = TimeEvent;
  readonly #timers = new TimerQueue();
  readonly #clock: Clock;

  /** @param clock the clock of the loop's strategy */
  constructor(clock: Clock) {
    super();
    this.#clock = clock;
  }

  override arm(event: TimeEvent, waiter: Waiter<void>): void {
    // One that has passed goes through the queue too: else it would overtake an earlier one that is due as well.
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
