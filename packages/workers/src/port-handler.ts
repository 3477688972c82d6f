import {
  type Duration,
  EventHandler,
  IncompatiblePluginsError,
  type Instant,
  SleepStrategy,
  type Waiter,
  type Wakeup,
} from '@escapement/core';
import { WorkerInbox } from './inbox.js';
import { type PortEnd, PortEvent, PortWait } from './port-event.js';

/** How often a loop that blocks looks for messages of senders that do not end its sleep. */
const LOOK_INTERVAL: Duration = 1;
/** How often it is checked whether the other sides live. */
const CHECK_INTERVAL: Duration = 100;

/** Waits for messages of other threads, and for room to send some, under every strategy. */
export class PortHandler extends EventHandler<PortEvent> {
  static override readonly name: string = 'PortHandler';
  override readonly handles = PortEvent;
  /** Where tasks of this loop wait, and how many. */
  readonly #ends = new Map<PortEnd, number>();
  #polledAt: Instant = -Infinity;
  #checkedAt: Instant = -Infinity;

  /** @param strategy that of the loop */
  constructor(private readonly strategy: SleepStrategy) {
    super();
  }

  override arm(event: PortEvent, waiter: Waiter<unknown>): void {
    const { end } = event;
    if (end instanceof WorkerInbox && !this.#hostRuns) {
      const { alias, waits } = this.strategy;
      waiter.reject(new IncompatiblePluginsError('received(worker)', alias, waits));
      return;
    }
    const count = this.#ends.get(end) ?? 0;
    this.#ends.set(end, count + 1);
    end.add(new PortWait(event, waiter, this.#over));
    if (count > 0) return;
    if (this.#hostRuns) end.listen();
    end.checkOtherSide();
    end.serve();
  }

  override disarm(event: PortEvent): void {
    const { end } = event;
    end.abandoned();
    this.#over(end);
  }

  override poll(now: Instant): void {
    this.#polledAt = now;
    const isCheckDue = now >= this.#checkedAt + CHECK_INTERVAL;
    if (isCheckDue) this.#checkedAt = now;
    for (const end of this.#ends.keys()) {
      if (isCheckDue) end.checkOtherSide();
      end.serve();
    }
  }

  override nextDeadline(): Instant {
    // In virtual time nothing comes from outside.
    if (this.#ends.size === 0 || this.strategy.waits === 'jumps') return Infinity;
    const mustLook = !this.#hostRuns && [...this.#ends.keys()].some(end => end.needsLook);
    return mustLook ? this.#polledAt + LOOK_INTERVAL : this.#checkedAt + CHECK_INTERVAL;
  }

  override inFlight(): number {
    return this.#ends.size;
  }

  override beforeSleep(wakeup: Wakeup): void {
    for (const end of this.#ends.keys()) {
      end.wakeFrom(wakeup);
      // What happened before that requests no wakeup.
      end.serve();
    }
  }

  override close(): void {
    for (const end of this.#ends.keys()) if (this.#hostRuns) end.stopListening();
    this.#ends.clear();
  }

  get #hostRuns(): boolean {
    return this.strategy.waits === 'yields';
  }

  readonly #over = (end: PortEnd): void => {
    const count = this.#ends.get(end)! - 1;
    if (count > 0) this.#ends.set(end, count);
    else {
      this.#ends.delete(end);
      if (this.#hostRuns) end.stopListening();
    }
  };
}
