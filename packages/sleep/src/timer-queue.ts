import type { Duration, Instant, Waiter } from '@escapement/core';
import { TimerHeap } from './timer-heap.js';

/** Up to so many waiters one heap does it all. */
const FEW = 256;
/** The span of the finest buckets. A power of two, as all spans are: then buckets nest. */
const FINEST_SPAN: Duration = 1 / 16;
/** 8,900 years: from here on a float is too coarse for the buckets, and no clock will get there. */
const NEVER: Instant = 2 ** 48;
/** Each level of buckets spans so many times the one before, and reaches so many of its own spans ahead. */
const LEVEL_RATIO = 64;

/**
 * Waiters by deadline, equal deadlines in the order they were added.
 *
 * The waiters that are due next are in a heap. While they are many, the later ones are not: they lie unordered in
 * buckets, fine ones for the near future, coarse ones for the far. When the heap runs out, the earliest bucket takes its
 * place: a fine one is put in order, a coarse one dealt out to finer ones first. So the heap stays small enough for the
 * cache however many are pending, and each waiter is moved a few times in all. This is the hierarchical timing wheel of
 * Varghese and Lauck, with a heap at its hub because deadlines here are floats and none may fire early.
 *
 * A cancelled waiter stays where it is and is dropped when its turn comes, or with all its like once they are the
 * majority. Adding, cancelling and expiring cost O(1), give or take the height of a small heap.
 */
export class TimerQueue {
  #near = new TimerHeap();
  /** Everything in the heap is due before this instant, everything in the buckets is not. */
  #horizon: Instant = -Infinity;
  #isStretched = false;
  readonly #levels: Map<number, TimerHeap>[] = [];
  #farCount = 0;
  #cancelledCount = 0;
  #lastSerial = 0;

  add(deadline: Instant, waiter: Waiter<void>): void {
    // Whoever waits for what never comes waits to be cancelled.
    if (deadline >= NEVER) return;
    const serial = ++this.#lastSerial;
    if (this.#farCount === 0) {
      if (this.#near.size < FEW || this.#near.continuesRun(deadline, serial)) this.#stretchHorizon(deadline);
      else if (this.#isStretched) this.#spill();
    }
    this.#place(deadline, serial, waiter);
  }

  /** A waiter that was added has been abandoned. */
  cancelled(): void {
    this.#cancelledCount++;
    if (this.#cancelledCount > FEW && this.#cancelledCount > (this.#near.size + this.#farCount) >> 1) this.#sweep();
  }

  /** The earliest deadline; `Infinity` if there is none. */
  get earliest(): Instant {
    for (;;) {
      while (this.#near.size > 0) {
        if (!this.#near.first.isSettled) return this.#near.earliest;
        this.#near.removeFirst();
        this.#cancelledCount--;
      }
      if (this.#farCount === 0) return Infinity;
      this.#openEarliestBucket();
    }
  }

  /** Resolves the waiters that are due by `now`, earliest first, `limit` of them at most. */
  expire(now: Instant, limit: number): void {
    for (let left = limit; left > 0 && this.earliest <= now; left--) {
      const waiter = this.#near.first;
      this.#near.removeFirst();
      waiter.resolve();
    }
  }

  clear(): void {
    this.#near = new TimerHeap();
    this.#horizon = -Infinity;
    this.#levels.length = 0;
    this.#farCount = 0;
    this.#cancelledCount = 0;
  }

  #place(deadline: Instant, serial: number, waiter: Waiter<void>): void {
    if (deadline < this.#horizon) this.#near.add(deadline, serial, waiter);
    else this.#addFar(this.#levelOf(deadline), deadline, serial, waiter);
  }

  /** While the waiters are few, or come in order, the heap takes all of them and there are no buckets. */
  #stretchHorizon(deadline: Instant): void {
    if (deadline < this.#horizon) return;
    this.#horizon = deadline + FINEST_SPAN;
    this.#isStretched = true;
  }

  /** The heap has grown large: what it need not hold yet goes to the buckets. */
  #spill(): void {
    const all = this.#near;
    this.#near = new TimerHeap();
    this.#horizon = all.earliest + FINEST_SPAN;
    this.#isStretched = false;
    all.visitAll((deadline, serial, waiter) => this.#place(deadline, serial, waiter));
  }

  #levelOf(deadline: Instant): number {
    let level = 0;
    for (let reach = FINEST_SPAN * LEVEL_RATIO; deadline - this.#horizon >= reach; reach *= LEVEL_RATIO) level++;
    return level;
  }

  #addFar(level: number, deadline: Instant, serial: number, waiter: Waiter<void>): void {
    while (this.#levels.length <= level) this.#levels.push(new Map());
    const buckets = this.#levels[level]!;
    const index = Math.floor(deadline / spanOf(level));
    let bucket = buckets.get(index);
    if (bucket === undefined) {
      bucket = new TimerHeap();
      buckets.set(index, bucket);
    }
    bucket.append(deadline, serial, waiter);
    this.#farCount++;
  }

  #openEarliestBucket(): void {
    const { level, index } = this.#findEarliestBucket();
    const bucket = this.#levels[level]!.get(index)!;
    this.#levels[level]!.delete(index);
    this.#farCount -= bucket.size;
    if (level === 0) {
      bucket.arrange();
      this.#near = bucket;
      this.#horizon = (index + 1) * FINEST_SPAN;
      this.#isStretched = false;
    } else {
      bucket.visitAll((deadline, serial, waiter) => this.#addFar(level - 1, deadline, serial, waiter));
    }
  }

  /** Of two that begin together the coarser: it may hold what belongs into the finer. There are a few hundred at most. */
  #findEarliestBucket(): { level: number; index: number } {
    let earliest = { level: 0, index: 0, start: Infinity };
    for (let level = this.#levels.length - 1; level >= 0; level--) {
      const span = spanOf(level);
      for (const index of this.#levels[level]!.keys()) {
        if (index * span < earliest.start) earliest = { level, index, start: index * span };
      }
    }
    return earliest;
  }

  #sweep(): void {
    this.#near.sweep();
    this.#near.arrange();
    this.#farCount = 0;
    for (const buckets of this.#levels) {
      for (const [index, bucket] of buckets) {
        bucket.sweep();
        if (bucket.size === 0) buckets.delete(index);
        this.#farCount += bucket.size;
      }
    }
    this.#cancelledCount = 0;
  }
}

function spanOf(level: number): Duration {
  return FINEST_SPAN * LEVEL_RATIO ** level;
}
