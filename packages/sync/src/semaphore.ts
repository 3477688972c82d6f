import {
  type Coroutine,
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

export interface SemaphoreOptions {
  /** For errors and deadlock reports. */
  readonly name?: string;
  /** As many permits there may be at most; a release too many throws. `Infinity` if left out. */
  readonly max?: number;
}

/**
 * A number of permits: at most so many tasks are in at a time, and the others follow in the order in which they asked.
 * Permits belong to nobody: one task may acquire and another release.
 *
 * Cost: with a permit free it is acquired at once, without the loop; released, it goes to the next in O(1).
 * Cancellation: who waits and is cancelled leaves the line. Who was given a permit before the cancellation came has it, and
 * is told of the cancellation at its next suspension: `with` releases it then; after a plain `acquire` it is up to you.
 *
 * @example
 * const connections = new Semaphore(4);
 * for (const url of urls) yield* spawn(connections.with(fetchPage(url)));   // four at a time
 */
export class Semaphore implements Acquirable {
  /** @internal */
  readonly waiting = new WaitQueue<Waiter<void>>();
  readonly #acquire = new Acquire(this);
  readonly name: string | undefined;
  readonly max: number;
  #free: number;

  /**
   * @param permits free at the start, 0 or more
   * @throws InvalidCountError
   */
  constructor(permits: number, { name, max = Infinity }: SemaphoreOptions = {}) {
    checkCount('permits of a Semaphore', permits, 0, true, 'For one at a time pass 1.');
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

  /** Gives a permit to the next in line. @throws SemaphoreFullError if there are `max` already */
  release(): void {
    if (this.#free >= this.max) throw new SemaphoreFullError(titleOf(runningTask()), this.#title, this.max);
    const next = this.waiting.take();
    if (next === undefined) this.#free++;
    else next.resolve();
  }

  /** Like `lock.with`, while holding a permit. */
  with<T, E extends LoopEvent>(body: Program<T, E>): Coroutine<T, E | Acquire> {
    return holding(this, 'semaphore.with', body);
  }

  /** @internal Whoever waits has found none free, and gets the next: so nobody is overtaken. */
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
