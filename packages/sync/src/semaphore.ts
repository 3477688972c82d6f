import {
  type Coroutine,
  checkArgument,
  checkCount,
  type LoopEvent,
  type Program,
  runningTask,
  type Task,
  type Waiter,
  WaitQueue,
} from '@escapement/core';
import { type Acquirable, Acquire, holding } from './acquire.js';
import { Titled, titled, titleOf } from './describe.js';
import { SemaphoreFullError } from './errors.js';

/** How many permits a semaphore may have, and what it is called. */
export interface SemaphoreOptions {
  /** For errors and deadlock reports. */
  readonly name?: string;
  /** The most permits that it can have; a `release` beyond that throws. Default: `Infinity`. */
  readonly max?: number;
}

/** The use of a semaphore at one moment. */
export interface SemaphoreStatistics {
  /** How many permits it has. */
  readonly total: number;
  /** How many are taken; more than `total` for a while, after `resize` has lowered that. */
  readonly borrowed: number;
  /** How many can be taken at once. */
  readonly free: number;
  /** How many tasks wait for one. */
  readonly waiting: number;
}

/**
 * A counting semaphore. It has a number of permits; tasks that find none free wait, first come, first served. No task owns a
 * permit: one task may acquire it and another release it. A release while all are free adds a permit, up to `max`.
 *
 * With a `max` that equals the number of permits it limits how many do something at once, and a release too many is an error;
 * `resize` changes the limit at any time. (In trio: a `CapacityLimiter`.)
 *
 * Cost: a free permit is acquired at once, without the loop. A release hands it to the next waiter in O(1).
 * Cancellation: a cancelled waiter leaves the queue. A task that got a permit before its cancellation keeps it, and `Cancelled`
 * is thrown at its next suspension. `with` releases it then; after a plain `acquire` you must.
 *
 * @example
 * const connections = new Semaphore(4);
 * for (const url of urls) yield* spawn(connections.with(fetchPage(url)));   // four at a time
 * connections.resize(8);
 */
export class Semaphore extends Titled implements Acquirable {
  /** @internal */
  readonly waiting = new WaitQueue<Waiter<void>>();
  readonly #acquire = new Acquire(this);
  /** For errors and deadlock reports. */
  readonly name: string | undefined;
  #total: number;
  /** How many permits a release may add. */
  #addable: number;
  #borrowed = 0;

  /**
   * @param permits how many there are at the start, 0 or more
   * @throws InvalidCountError
   */
  constructor(permits: number, options: SemaphoreOptions = {}) {
    super();
    const { name, max = Infinity } = checkArgument('new Semaphore', options, 'object', 'an object of options');
    checkCount('permits of a Semaphore', permits, 0, true, 'Pass 1 to admit one task at a time.');
    checkCount('max of a Semaphore', max, Math.max(1, permits), true, 'It cannot have more permits than that.');
    this.#total = permits;
    this.name = name;
    this.#addable = max === permits ? 0 : max - permits;
  }

  /** The most permits that it can have; `Infinity` by default. */
  get max(): number {
    return this.#total + this.#addable;
  }

  /** How many permits are free. */
  get free(): number {
    return Math.max(0, this.#total - this.#borrowed);
  }

  /** How many permits it has and are taken, and how many tasks wait. O(waiting). */
  statistics(): SemaphoreStatistics {
    return { total: this.#total, borrowed: this.#borrowed, free: this.free, waiting: this.waiting.length };
  }

  /**
   * Changes the number of permits. More permits go to waiting tasks at once. With fewer, those that hold one keep it, and others
   * get one when enough have been released. `max` changes by as many.
   *
   * @param permits 0 or more; with 0, all wait
   * @throws InvalidCountError
   */
  resize(permits: number): void {
    checkCount('permits of a Semaphore', permits, 0, true, 'Pass 0 to let all wait.');
    this.#total = permits;
    this.#admit();
  }

  /** `yield* semaphore.acquire()` waits until a permit is free and takes it. */
  acquire(): Acquire {
    return this.#acquire;
  }

  /** Takes a permit if one is free. */
  tryAcquire(): boolean {
    return this.takeNow();
  }

  /** Returns a permit, to the next waiter if there is one. @throws SemaphoreFullError if `max` are free already */
  release(): void {
    if (this.#borrowed > 0) this.#borrowed--;
    else this.#addPermit();
    this.#admit();
  }

  /** Runs a program while holding a permit; otherwise like `lock.with`. */
  with<T, E extends LoopEvent>(body: Program<T, E>): Coroutine<T, E | Acquire> {
    return holding(this, 'semaphore.with', body);
  }

  /** @internal While a task waits, no permit is free, so this cannot overtake it. */
  takeNow(_task?: Task): boolean {
    if (this.#borrowed >= this.#total) return false;
    this.#borrowed++;
    return true;
  }

  #addPermit(): void {
    if (this.#addable === 0) throw new SemaphoreFullError(titleOf(runningTask()), this.#title, this.#total);
    this.#total++;
    this.#addable--;
  }

  #admit(): void {
    while (this.#borrowed < this.#total) {
      const next = this.waiting.take();
      if (next === undefined) return;
      this.#borrowed++;
      next.resolve();
    }
  }

  /** `semaphore "pool", permits free: 0, tasks waiting: 2` */
  override toString(): string {
    return `${this.#title}, permits free: ${this.free}, tasks waiting: ${this.waiting.roughLength}`;
  }

  get #title(): string {
    return titled('semaphore', this.name);
  }
}
