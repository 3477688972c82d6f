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
import { titled, titleOf } from './describe.js';
import { SemaphoreFullError } from './errors.js';

/** How many permits a semaphore may have, and what it is called. */
export interface SemaphoreOptions {
  /** For errors and deadlock reports. */
  readonly name?: string;
  /** The most permits that can be free; a `release` beyond that throws. Default: `Infinity`. */
  readonly max?: number;
}

/**
 * A counting semaphore. It has a number of permits; tasks that find none free wait, first come, first served. No task owns a
 * permit: one task may acquire it and another release it.
 *
 * Cost: a free permit is acquired at once, without the loop. A release hands it to the next waiter in O(1).
 * Cancellation: a cancelled waiter leaves the queue. A task that got a permit before its cancellation keeps it, and `Cancelled`
 * is thrown at its next suspension. `with` releases it then; after a plain `acquire` you must.
 *
 * @example
 * const connections = new Semaphore(4);
 * for (const url of urls) yield* spawn(connections.with(fetchPage(url)));   // four at a time
 */
export class Semaphore implements Acquirable {
  /** @internal */
  readonly waiting = new WaitQueue<Waiter<void>>();
  readonly #acquire = new Acquire(this);
  /** For errors and deadlock reports. */
  readonly name: string | undefined;
  /** The most permits that may be free; `Infinity` by default. */
  readonly max: number;
  #free: number;

  /**
   * @param permits how many are free at the start, 0 or more
   * @throws InvalidCountError
   */
  constructor(permits: number, options: SemaphoreOptions = {}) {
    const { name, max = Infinity } = checkArgument('new Semaphore', options, 'object', 'an object of options');
    checkCount('permits of a Semaphore', permits, 0, true, 'Pass 1 to admit one task at a time.');
    checkCount('max of a Semaphore', max, Math.max(1, permits), true, 'It cannot have more permits than that.');
    this.#free = permits;
    this.name = name;
    this.max = max;
  }

  /** How many permits are free. */
  get free(): number {
    return this.#free;
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
    if (this.#free >= this.max) throw new SemaphoreFullError(titleOf(runningTask()), this.#title, this.max);
    const next = this.waiting.take();
    if (next === undefined) this.#free++;
    else next.resolve();
  }

  /** Runs a program while holding a permit; otherwise like `lock.with`. */
  with<T, E extends LoopEvent>(body: Program<T, E>): Coroutine<T, E | Acquire> {
    return holding(this, 'semaphore.with', body);
  }

  /** @internal While a task waits, no permit is free, so this cannot overtake it. */
  takeNow(_task?: Task): boolean {
    if (this.#free === 0) return false;
    this.#free--;
    return true;
  }

  /** `semaphore "pool", permits free: 0, tasks waiting: 2` */
  toString(): string {
    return `${this.#title}, permits free: ${this.#free}, tasks waiting: ${this.waiting.length}`;
  }

  get #title(): string {
    return titled('semaphore', this.name);
  }
}
