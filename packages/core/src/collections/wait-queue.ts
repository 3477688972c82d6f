import { Fifo } from './fifo.js';

/** A waiter, or something that has one. */
interface Waiting {
  readonly isSettled: boolean;
}

/**
 * A queue of waiters, for handlers. `disarm` costs O(1): an abandoned waiter stays until it is first, or until half of the
 * queue is abandoned. So the queue holds at most twice as many as wait.
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

  /** The number of waiters. O(n). */
  get length(): number {
    this.#sweep();
    return this.#queue.size;
  }

  /** An upper bound of `length`, in O(1): counts abandoned waiters, too. */
  get maxLength(): number {
    return this.#queue.size;
  }

  /** `length`, in O(1) and without any change, for descriptions: too many if a `disarm` has not told that its waiter was abandoned. */
  get roughLength(): number {
    return Math.max(0, this.#queue.size - this.#abandonedCount);
  }

  /** Adds one that waits, behind all others. Call this in `arm`. */
  add(waiting: W): void {
    this.#queue.push(waiting);
  }

  /** Removes and returns the first that still waits. */
  take(): W | undefined {
    for (;;) {
      const first = this.#queue.shift();
      if (first === undefined || !first.isSettled) return first;
      // A `disarm` that threw has not counted its waiter.
      if (this.#abandonedCount > 0) this.#abandonedCount--;
    }
  }

  /** Removes and returns all that still wait. */
  takeAll(): W[] {
    const all: W[] = [];
    for (let next = this.take(); next !== undefined; next = this.take()) all.push(next);
    return all;
  }

  /** A waiter was abandoned: call this in `disarm`. */
  abandoned(): void {
    this.#abandonedCount++;
    if (2 * this.#abandonedCount > this.#queue.size) this.#sweep();
  }

  #sweep(): void {
    this.#queue.keep(waiting => !waiting.isSettled);
    this.#abandonedCount = 0;
  }
}
