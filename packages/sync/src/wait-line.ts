import { Fifo } from './fifo.js';

/** A waiter, or something made for one. */
interface Waiting {
  /** True once the wait is over: settled, or given up. */
  readonly isSettled: boolean;
}

/**
 * Those who wait, in the order in which they came. Whoever gives up is dropped later, when his turn comes or when half of
 * the line has given up: so leaving costs O(1), and a line never keeps more than twice what waits.
 */
export class WaitLine<W extends Waiting> {
  readonly #line = new Fifo<W>();
  #left = 0;

  /** How many wait. */
  get length(): number {
    this.#sweep();
    return this.#line.size;
  }

  /** How many wait at most: those who left may still be counted. Costs nothing, `length` a walk along the line. */
  get mostLength(): number {
    return this.#line.size;
  }

  add(waiting: W): void {
    this.#line.push(waiting);
  }

  /** Takes the first one who still waits. */
  take(): W | undefined {
    for (;;) {
      const first = this.#line.shift();
      if (first === undefined || !first.isSettled) return first;
      // Of a run that broke, waits end without a word: then there are more of them than were counted.
      if (this.#left > 0) this.#left--;
    }
  }

  /** Takes all who still wait. */
  takeAll(): W[] {
    const all: W[] = [];
    for (let next = this.take(); next !== undefined; next = this.take()) all.push(next);
    return all;
  }

  /** One of them has given up. */
  leave(): void {
    this.#left++;
    if (2 * this.#left > this.#line.size) this.#sweep();
  }

  #sweep(): void {
    this.#line.keep(waiting => !waiting.isSettled);
    this.#left = 0;
  }
}
