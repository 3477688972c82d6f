import type { Instant, Waiter } from '@escapement/core';

/**
 * Waiters ordered by deadline, then by serial number.
 *
 * While they are added in the order of their deadlines, as sleeps of one duration are, this is a plain queue (a run). The
 * first waiter out of order makes it a 4-ary heap until it is empty again: a run is a valid heap. Four children halve the
 * height and share a cache line or two, and comparisons never touch an object.
 *
 * It can also be filled in any order with `append` and ordered with `arrange`, in O(n).
 */
export class TimerHeap {
  // Deadline and serial of entry n are at 2n and 2n + 1. A float counts serials exactly up to 2^53.
  #keys = new Float64Array(64);
  #waiters: (Waiter<void> | undefined)[] = [];
  #isRun = true;
  /** The index of the first waiter of a run; those before it were removed. 0 in a heap. */
  #head = 0;

  get size(): number {
    return this.#waiters.length - this.#head;
  }

  /** The earliest deadline. The heap must not be empty. */
  get earliest(): Instant {
    return this.#keys[2 * this.#head]!;
  }

  /** The waiter of the earliest deadline. */
  get first(): Waiter<void> {
    return this.#waiters[this.#head]!;
  }

  /** Whether this is a run and stays one when this entry is added. */
  continuesRun(deadline: Instant, serial: number): boolean {
    if (!this.#isRun) return false;
    const last = this.#waiters.length - 1;
    return last < this.#head || this.#isBefore(last, deadline, serial);
  }

  add(deadline: Instant, serial: number, waiter: Waiter<void>): void {
    if (!this.continuesRun(deadline, serial)) this.#becomeHeap();
    this.append(deadline, serial, waiter);
    if (!this.#isRun) this.#climb(this.#waiters.length - 1, deadline, serial, waiter);
  }

  removeFirst(): void {
    if (this.#isRun) this.#waiters[this.#head++] = undefined;
    else this.#removeRoot();
    if (this.size === 0) this.#empty();
  }

  /** Adds without keeping order. Until `arrange`, call only `append`, `visitAll` and `sweep`. */
  append(deadline: Instant, serial: number, waiter: Waiter<void>): void {
    const index = this.#waiters.length;
    if (2 * index === this.#keys.length) this.#grow();
    this.#isRun = this.continuesRun(deadline, serial);
    this.#waiters.push(waiter);
    this.#put(index, deadline, serial, waiter);
  }

  /** Restores the order after `append` or `sweep`. */
  arrange(): void {
    if (this.#isRun) return;
    for (let index = (this.#waiters.length - 2) >> 2; index >= 0; index--) {
      this.#sink(index, this.#keys[2 * index]!, this.#keys[2 * index + 1]!, this.#waiters[index]!);
    }
  }

  /** Removes the settled waiters. A heap loses its order. */
  sweep(): void {
    let kept = 0;
    for (let index = this.#head; index < this.#waiters.length; index++) {
      if (!this.#waiters[index]!.isSettled) this.#move(index, kept++);
    }
    this.#waiters.length = kept;
    this.#head = 0;
  }

  /** Calls `visit` for every entry, in any order. */
  visitAll(visit: (deadline: Instant, serial: number, waiter: Waiter<void>) => void): void {
    for (let index = this.#head; index < this.#waiters.length; index++) {
      visit(this.#keys[2 * index]!, this.#keys[2 * index + 1]!, this.#waiters[index]!);
    }
  }

  #becomeHeap(): void {
    if (!this.#isRun) return;
    this.#waiters = this.#waiters.slice(this.#head);
    this.#keys.copyWithin(0, 2 * this.#head);
    this.#head = 0;
    this.#isRun = false;
  }

  #empty(): void {
    this.#waiters = [];
    this.#head = 0;
    this.#isRun = true;
  }

  #removeRoot(): void {
    const last = this.#waiters.length - 1;
    const waiter = this.#waiters.pop()!;
    if (last > 0) this.#sink(0, this.#keys[2 * last]!, this.#keys[2 * last + 1]!, waiter);
  }

  /** Moves up from the hole at `index` and puts the entry where it belongs. */
  #climb(index: number, deadline: Instant, serial: number, waiter: Waiter<void>): void {
    let hole = index;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      if (this.#isBefore(parent, deadline, serial)) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#put(hole, deadline, serial, waiter);
  }

  /** Moves down from the hole at `index` and puts the entry where it belongs. */
  #sink(index: number, deadline: Instant, serial: number, waiter: Waiter<void>): void {
    let hole = index;
    for (;;) {
      const child = this.#earliestChild(hole);
      if (child === 0 || !this.#isBefore(child, deadline, serial)) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#put(hole, deadline, serial, waiter);
  }

  /** 0, the root, if there is none. */
  #earliestChild(parent: number): number {
    const first = 4 * parent + 1;
    const size = this.#waiters.length;
    if (first >= size) return 0;
    let best = first;
    const end = Math.min(first + 4, size);
    for (let child = first + 1; child < end; child++) {
      if (this.#isBefore(child, this.#keys[2 * best]!, this.#keys[2 * best + 1]!)) best = child;
    }
    return best;
  }

  #isBefore(index: number, deadline: Instant, serial: number): boolean {
    const own = this.#keys[2 * index]!;
    return own < deadline || (own === deadline && this.#keys[2 * index + 1]! < serial);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#keys[2 * from]!, this.#keys[2 * from + 1]!, this.#waiters[from]!);
  }

  #put(index: number, deadline: Instant, serial: number, waiter: Waiter<void>): void {
    this.#keys[2 * index] = deadline;
    this.#keys[2 * index + 1] = serial;
    this.#waiters[index] = waiter;
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
  }
}
