import {
  type Coroutine,
  type LoopEvent,
  type Program,
  runningTask,
  type Task,
  type Waiter,
  WaitQueue,
} from '@escapement/core';
import { type Acquirable, Acquire, holding } from './acquire.js';
import { titled, titleOf } from './describe.js';
import { LockHeldError, LockNotHeldError } from './errors.js';

/**
 * Held by one task at a time; the others get it in the order in which they asked. Not re-entrant: who acquires it twice is
 * told so, instead of waiting for itself.
 *
 * It belongs to the task that acquired it. When that ends without having released it, to its parent: so after
 * `yield* timeout(50, lock.acquire())`, which acquires in a task of its own, the caller holds it.
 *
 * Cost: free, it is acquired at once, without the loop; released, it goes to the next in O(1).
 * Cancellation: who waits and is cancelled leaves the line. Who was given the lock before the cancellation came has it, and
 * is told of the cancellation at its next suspension: `with` releases it then; after a plain `acquire` it is up to you.
 *
 * @example
 * const db = new Lock('db');
 * yield* db.with(function* () {
 *   yield* write(row);   // nobody else writes now
 * });
 */
export class Lock implements Acquirable {
  /** @internal */
  readonly waiting = new WaitQueue<Waiter<void>>();
  readonly #acquire = new Acquire(this);
  #isHeld = false;
  #taker: Task | undefined;

  /** @param name for errors and deadlock reports */
  constructor(readonly name?: string) {}

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** The task that holds it: the one that acquired it or, if that has ended, its parent. Undefined outside of all tasks. */
  get holder(): Task | undefined {
    let holder = this.#taker;
    while (holder?.isEnded) holder = holder.parent;
    return holder;
  }

  /**
   * `yield* lock.acquire()` waits until the lock is free and takes it. Nothing may come between it and the `try` whose
   * `finally` releases the lock.
   *
   * @throws LockHeldError at the `yield*`, if the task holds it
   */
  acquire(): Acquire {
    return this.#acquire;
  }

  /** Takes the lock if that can be done at once. @throws LockHeldError if the task holds it */
  tryAcquire(): boolean {
    return this.takeNow(runningTask());
  }

  /**
   * Gives the lock to the next in line. Only for the task that holds it, and for tasks below that one.
   *
   * @throws LockNotHeldError
   */
  release(): void {
    this.releaseTo('released');
  }

  /**
   * Runs a program while holding the lock, and evaluates to its value. Releases the lock however the program ends. A function
   * is called once the lock is held.
   *
   * @throws LockHeldError if the task holds it; NotACoroutineError
   */
  with<T, E extends LoopEvent>(body: Program<T, E>): Coroutine<T, E | Acquire> {
    return holding(this, 'lock.with', body);
  }

  /** @internal @param action what the caller did, in words */
  releaseTo(action: string): void {
    const caller = runningTask();
    if (!this.#isHeld || !this.#belongsTo(caller)) {
      throw new LockNotHeldError(titleOf(caller), action, titled('lock', this.name), this.#state());
    }
    const next = this.waiting.take();
    this.#isHeld = next !== undefined;
    this.#taker = next?.task;
    next?.resolve();
  }

  /** @internal */
  takeNow(task: Task | undefined): boolean {
    if (this.#isHeld) {
      if (task !== undefined && task === this.holder) throw new LockHeldError(titled('lock', this.name), titleOf(task));
      return false;
    }
    this.#isHeld = true;
    this.#taker = task;
    return true;
  }

  /** `lock "db", held by task "writer"` */
  toString(): string {
    return `${titled('lock', this.name)}, ${this.#state()}`;
  }

  /** A scope or a shield runs in a task below the one that it acts for. Of a lock that no task holds anybody may dispose. */
  #belongsTo(caller: Task | undefined): boolean {
    const { holder } = this;
    if (holder === undefined) return true;
    for (let task = caller; task !== undefined; task = task.parent) if (task === holder) return true;
    return false;
  }

  #state(): string {
    if (!this.#isHeld) return 'held by nobody';
    const { holder } = this;
    if (holder === this.#taker) return `held by ${titleOf(holder)}`;
    const heir = holder === undefined ? '' : `held by ${titleOf(holder)}, `;
    return `${heir}taken by ${titleOf(this.#taker)}, which has ended`;
  }
}
