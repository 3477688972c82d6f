import { EventHandler, type Instant, LoopEvent, type Waiter } from 'escapement';

/** The arrival of a job: its task waits for that. */
export class Arrival extends LoopEvent<void> {
  override get kind() {
    return 'arrival' as const;
  }

  constructor(readonly at: Instant) {
    super();
  }
}

interface Pending {
  readonly at: Instant;
  readonly waiter: Waiter<void>;
}

/** Settles arrivals at their instants, in that order. */
export class ArrivalHandler extends EventHandler<Arrival> {
  override readonly handles = Arrival;
  /** The latest first, once it is sorted. */
  #pending: Pending[] = [];
  #isSorted = true;

  override arm({ at }: Arrival, waiter: Waiter<void>): void {
    this.#pending.push({ at, waiter });
    this.#isSorted = false;
  }

  // Its waiter is settled, so it falls out when its turn comes.
  override disarm(): void {}

  /**
   * A simulated service moves the clock within a step. At its end it calls this, so that the jobs which came meanwhile are
   * ready before the policy chooses again: the loop itself polls only between turns.
   */
  override poll(now: Instant): void {
    while (this.nextDeadline() <= now) this.#pending.pop()!.waiter.resolve();
  }

  override nextDeadline(): Instant {
    if (!this.#isSorted) this.#pending.sort((a, b) => b.at - a.at);
    this.#isSorted = true;
    while (this.#pending.at(-1)?.waiter.isSettled) this.#pending.pop();
    return this.#pending.at(-1)?.at ?? Infinity;
  }

  override close(): void {
    this.#pending = [];
  }
}
