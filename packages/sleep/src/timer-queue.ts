import type { Duration, Instant, Waiter } from '@escapement/core';
import { TimerHeap } from './timer-heap.js';

/** Up to this many waiters are all kept in one heap. */
const FEW = 256;
/** The span of the finest buckets. All spans are powers of two, so that buckets nest. */
const FINEST_SPAN: Duration = 1 / 16;
/** 8,900 years. A float from here on is too coarse for the buckets, so such a deadline counts as infinite. */
const NEVER: Instant = 2 ** 48;
/** A bucket spans this many buckets of the level below, and a level reaches this many of its own spans ahead. */
const LEVEL_RATIO = 64;

/**
 * Waiters ordered by deadline; those with equal deadlines in the order in which they were added.
 *
 * The waiters that are due next are in a heap. If there are many waiters, the later ones are in unordered buckets: fine
 * buckets for the near future, coarse ones for the far. When the heap is empty, the earliest bucket replaces it: a fine
 * bucket is ordered, a coarse one is first split into finer ones. So the heap fits in the cache however many waiters are
 * pending, and each waiter is moved only a few times. This is the hierarchical timing wheel of Varghese and Lauck, with a
 * heap at its hub because deadlines are floats and none may fire early.
 *
 * A cancelled waiter stays in place until its deadline, or until cancelled waiters are the majority and are swept out.
 * Adding, cancelling and expiring cost O(1), plus the height of a small heap.
 */
export class TimerQueue {
  #near = new TimerHeap();
  /** Waiters in the heap are due before this instant, waiters in the buckets at it or later. */
  #horizon: Instant = -Infinity;
  #isStretched = false;
  readonly #levels: Map<number, TimerHeap>[] = [];
  #farCount = 0;
  #cancelledCount = 0;
  #lastSerial = 0;

  add(until: Instant, waiter: Waiter<void>): void {
    // -Infinity has no place among the buckets.
    const deadline = Math.max(until, -NEVER);
    // An infinite deadline is never queued: only a cancellation ends the wait.
    if (deadline >= NEVER) return;
    const serial = ++this.#lastSerial;
    if (this.#farCount === 0) {
      if (this.#near.size < FEW || this.#near.continuesRun(deadline, serial)) this.#stretchHorizon(deadline);
      else if (this.#isStretched) this.#spill();
    }
    this.#place(deadline, serial, waiter);
  }

  /** Call this when a waiter in the queue was abandoned. */
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

  /** Resolves at most `limit` waiters that are due by `now`, earliest first. */
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

  /** While the waiters are few, or come in order, all of them go into the heap. */
  #stretchHorizon(deadline: Instant): void {
    if (deadline < this.#horizon) return;
    this.#horizon = deadline + FINEST_SPAN;
    this.#isStretched = true;
  }

  /** Moves the later waiters of a heap that has grown large into buckets. */
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

  /** Of two buckets that start together the coarser one: it may hold waiters for the finer. There are a few hundred at most. */
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
