import { Fifo } from './fifo.js';

/** A waiter, or something that holds one. */
interface Waiting {
  /** True once the wait is over: settled, or abandoned. */
  readonly isSettled: boolean;
}

/**
 * Waiters in the order of their arrival, for handlers. A waiter that was abandoned stays until its turn comes or until half of
 * the queue was abandoned: so `disarm` costs O(1), and the queue never holds more than twice as many as wait.
 *
 * @example
 * class DoorHandler extends EventHandler<Opened> {
 *   override readonly handles = Opened;
 *   readonly #waiting = new WaitQueue<Waiter<void>>();
 *   override arm(_event: Opened, waiter: Waiter<void>) { this.#waiting.add(waiter); }
 *   override disarm() { this.#waiting.abandoned(); }
 *   open() { for (const waiter of this.#waiting.takeAll()) waiter.resolve(); }
 * }
 */
export class WaitQueue<W extends Waiting> {
  readonly #queue = new Fifo<W>();
  #abandonedCount = 0;

  /** How many wait. Walks the queue: O(n). */
  get length(): number {
    this.#sweep();
    return this.#queue.size;
  }

  /** An upper bound of `length`, in O(1): abandoned waiters may be counted. */
  get maxLength(): number {
    return this.#queue.size;
  }

  add(waiting: W): void {
    this.#queue.push(waiting);
  }

  /** Takes the first one that still waits. */
  take(): W | undefined {
    for (;;) {
      const first = this.#queue.shift();
      if (first === undefined || !first.isSettled) return first;
      // After a run that crashed, more were abandoned than were counted.
      if (this.#abandonedCount > 0) this.#abandonedCount--;
    }
  }

  /** Takes all that still wait. */
  takeAll(): W[] {
    const all: W[] = [];
    for (let next = this.take(); next !== undefined; next = this.take()) all.push(next);
    return all;
  }

  /** Call it in `disarm`: one of the waiters was abandoned. */
  abandoned(): void {
    this.#abandonedCount++;
    if (2 * this.#abandonedCount > this.#queue.size) this.#sweep();
  }

  #sweep(): void {
    this.#queue.keep(waiting => !waiting.isSettled);
    this.#abandonedCount = 0;
  }
}
