import { LoopEvent, type Waiter } from '@escapement/core';

/**
 * The source of the event: a latch that opens when it has been counted down to 0, and then stays open. Any number of tasks
 * can wait for that.
 *
 * @example
 * const latch = new Latch(2);
 * yield* latch.opened(); // goes on when others have called latch.countDown() twice
 */
export class Latch {
  readonly #waiters = new Set<Waiter<void>>();
  #count: number;

  /** @param count how often `countDown` has to be called */
  constructor(count: number) {
    if (!Number.isInteger(count) || count < 0)
      throw new RangeError(`Latch got the count ${count}, expected 0 or more.`);
    this.#count = count;
  }

  /** `yield* latch.opened()` waits until the latch is open. */
  opened(): LatchOpened {
    return new LatchOpened(this);
  }

  countDown(): void {
    if (this.#count > 0) this.#count--;
    if (this.#count > 0) return;
    // A waiter that is settled does not run its task here: it makes it ready, and the loop resumes it later.
    for (const waiter of this.#waiters) waiter.resolve();
    this.#waiters.clear();
  }

  /** For the handler. */
  add(waiter: Waiter<void>): void {
    if (this.#count === 0) waiter.resolve();
    else this.#waiters.add(waiter);
  }

  /** For the handler. */
  remove(waiter: Waiter<void>): void {
    this.#waiters.delete(waiter);
  }
}

/** The event. It only stores what to wait for. The literal type of `kind` keeps it apart from other events. */
export class LatchOpened extends LoopEvent<void> {
  /** For the error of a loop without the module. */
  static override readonly servedBy: string = 'latchModule of {{name}}/module';
  override readonly kind = 'latch-opened';
  readonly latch: Latch;

  constructor(latch: Latch) {
    super();
    this.latch = latch;
  }
}
