import {
  type Coroutine,
  isScope,
  type Join,
  type LoopEvent,
  type Program,
  runningTask,
  type Task,
  type Waiter,
  WaitQueue,
} from '@escapement/core';
import { type Acquirable, Acquire, holding } from './acquire.js';
import { Titled, titled, titleOf } from './describe.js';
import { LockHeldError, LockNotHeldError } from './errors.js';

/**
 * A mutex: one task holds it at a time; waiting tasks get it in the order in which they came. It is not re-entrant: a second
 * acquire by its holder throws instead of waiting forever. So does an acquire by a task for whose end the holder waits: in a
 * `timeout`, `scope`, `shield`, `all`, `race` or `map` that the holder runs, or in a task that it joins. A task that the holder
 * spawned and does not wait for may wait for the lock.
 *
 * The task that acquired it holds it. If that task ends without releasing it, its parent holds it. So after
 * `yield* timeout(50, lock.acquire())`, which acquires in a child task, the caller holds the lock. When the run has ended, nobody
 * does, and the next acquire gets it.
 *
 * Cost: a free lock is acquired at once, without the loop. A release hands it to the next waiter in O(1).
 * Cancellation: a cancelled waiter leaves the queue. A task that got the lock before its cancellation keeps it, and `Cancelled`
 * is thrown at its next suspension. `with` releases it then; after a plain `acquire` you must.
 *
 * @example
 * const db = new Lock('db');
 * yield* db.with(function* () {
 *   yield* write(row);   // no other task writes now
 * });
 */
export class Lock extends Titled implements Acquirable {
  /** @internal */
  readonly waiting = new WaitQueue<Waiter<void>>();
  readonly #acquire = new Acquire(this);
  #isHeld = false;
  #acquirer: Task | undefined;

  /** @param name for errors and deadlock reports */
  constructor(readonly name?: string) {
    super();
  }

  /** Whether a task holds it now. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** The task that holds it: the one that acquired it or, if that has ended, its parent. Undefined if no task does. */
  get holder(): Task | undefined {
    let holder = this.#acquirer;
    while (holder?.isEnded) holder = holder.parent;
    return holder;
  }

  /**
   * `yield* lock.acquire()` waits until the lock is free and takes it. Write the `try` whose `finally` releases the lock
   * directly after it.
   *
   * @throws LockHeldError at the `yield*`, if the task holds it already, or if the holder waits for the end of the task
   */
  acquire(): Acquire {
    return this.#acquire;
  }

  /** Takes the lock if it is free. @throws LockHeldError if the task holds it already */
  tryAcquire(): boolean {
    return this.#take(runningTask());
  }

  /**
   * Releases the lock, to the next waiter if there is one. Only the holder and the tasks below it may call this.
   *
   * @throws LockNotHeldError
   */
  release(): void {
    this.releaseAs('released');
  }

  /**
   * Acquires the lock, runs a program and evaluates to its value. Releases the lock however the program ends. A
   * function is called after the lock is acquired.
   *
   * @throws LockHeldError as `acquire`; NotACoroutineError
   */
  with<T, E extends LoopEvent>(body: Program<T, E>): Coroutine<T, E | Acquire> {
    return holding(this, 'lock.with', body);
  }

  /** @internal @param action what the caller did, for the error */
  releaseAs(action: string): void {
    const caller = runningTask();
    if (!this.#isHeld || !this.#belongsTo(caller)) {
      throw new LockNotHeldError(titleOf(caller), action, titled('lock', this.name), this.#state());
    }
    const next = this.waiting.take();
    this.#isHeld = next !== undefined;
    this.#acquirer = next?.task;
    next?.resolve();
  }

  /** @internal */
  takeNow(task: Task | undefined): boolean {
    if (this.#take(task)) return true;
    const { holder } = this;
    if (task !== undefined && holder !== undefined && awaits(holder, task)) {
      throw LockHeldError.byAncestor(titled('lock', this.name), titleOf(task), titleOf(holder));
    }
    return false;
  }

  #take(task: Task | undefined): boolean {
    if (this.#isHeld && !this.#isLeftBehind) {
      if (task !== undefined && task === this.holder) {
        throw LockHeldError.byItself(titled('lock', this.name), titleOf(task));
      }
      return false;
    }
    this.#isHeld = true;
    this.#acquirer = task;
    return true;
  }

  /** `lock "db", held by task "writer"` */
  override toString(): string {
    return `${titled('lock', this.name)}, ${this.#state()}`;
  }

  /** A task acquired it, and that and all above it have ended: nobody is left who would release it. */
  get #isLeftBehind(): boolean {
    return this.#acquirer !== undefined && this.holder === undefined;
  }

  /** Tasks below the holder count, because a scope or a shield runs in one. Any code may release a lock that no task holds. */
  #belongsTo(caller: Task | undefined): boolean {
    const { holder } = this;
    if (holder === undefined) return true;
    for (let task = caller; task !== undefined; task = task.parent) if (task === holder) return true;
    return false;
  }

  #state(): string {
    if (!this.#isHeld) return 'held by nobody';
    const { holder } = this;
    if (holder === this.#acquirer) return `held by ${titleOf(holder)}`;
    const heldBy = holder === undefined ? '' : `held by ${titleOf(holder)}, `;
    return `${heldBy}acquired by ${titleOf(this.#acquirer)}, which has ended`;
  }
}

/** Whether `holder` goes on only when `task`, which is below it, has ended. O(the levels between them). */
function awaits(holder: Task, task: Task): boolean {
  // A holder that has finished waits for its children, too; but one of them may be to release what it left behind.
  if (holder.state === 'finishing') return false;
  for (let child = task; child.parent !== undefined; child = child.parent) {
    if (!isAwaited(child, child.parent)) return false;
    if (child.parent === holder) return true;
  }
  return false;
}

function isAwaited(child: Task, parent: Task): boolean {
  if (parent.state === 'finishing') return !child.isDaemon;
  const event = parent.waitsFor;
  if (event?.kind === 'scope') return isScope(child);
  return event?.kind === 'join' && (event as Join).task === child;
}
