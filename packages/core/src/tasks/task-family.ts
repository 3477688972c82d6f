import { SlotList } from '../collections/slot-list.js';
import type { Task } from './task.js';
import { appended } from './task-extras.js';
import { failureOf } from './task-outcome.js';
import { DAEMON, ENDS_CANCELLED, ISOLATED, SHIELDED, SUPERVISOR } from './task-spec.js';

/** Daemons, and the tasks that the loop makes for scopes and clean-ups. */
const NOT_SPAWNED = DAEMON | ISOLATED | SHIELDED;
const DISMISSED = 'all but the daemons are done';

/** @internal */
export const NO_CHILDREN: readonly Task[] = [];

/** @internal The children of a task that have not ended. Decides what the end of a child means for the parent. */
export class TaskFamily implements Iterable<Task> {
  readonly #children = new SlotList<Task>();
  /** `ScopeOptions.ended`. */
  childEndListener: ((child: Task) => void) | undefined = undefined;
  #daemons: SlotList<Task> | undefined = undefined;
  #areDaemonsDismissed = false;
  /** How many of the children are none of `NOT_SPAWNED`. */
  spawnedCount = 0;
  /** Of a supervisor: the failed children. */
  #failed: Task[] | undefined = undefined;
  /** Whether a clean-up of the parent's, or of a task that was cancelled with it, has failed. */
  hasFailedCleanup = false;

  constructor(private readonly parent: Task) {}

  get isEmpty(): boolean {
    return this.#children.isEmpty && (this.#daemons === undefined || this.#daemons.isEmpty);
  }

  adopt(child: Task): void {
    this.#listFor(child).add(child);
    if (!child.has(NOT_SPAWNED)) this.spawnedCount++;
    const { cancelled } = this.parent;
    if (cancelled !== undefined && !child.has(SHIELDED)) child.deliverCancel(cancelled);
    else if (this.#areDaemonsDismissed && child.isDaemon) child.cancel(DISMISSED);
  }

  childEnded(child: Task): void {
    this.#listFor(child).remove(child);
    if (!child.has(NOT_SPAWNED)) this.spawnedCount--;
    if (child.isCancelled && this.#isFailedCleanup(child)) this.hasFailedCleanup = true;
    if (child.has(ISOLATED)) return;
    const hasFailed = child.state === 'failed';
    const listener = child.has(SHIELDED) ? undefined : this.childEndListener;
    const isHandled = listener !== undefined && this.parent.has(SUPERVISOR);
    if (isHandled && hasFailed) child.extras.isObserved = true;
    if (listener !== undefined) this.#report(child, listener);
    if (hasFailed && !isHandled) this.#childFailed(child, failureOf(child));
  }

  /** Cancels the daemons once the other children have ended. @returns whether no child is left */
  dismissDaemons(): boolean {
    if (this.isEmpty) return true;
    if (!this.#children.isEmpty || this.#areDaemonsDismissed) return false;
    this.#areDaemonsDismissed = true;
    for (const daemon of this) daemon.cancel(DISMISSED);
    return false;
  }

  /** The failures that no task and no listener got; undefined if there are none. */
  unobservedErrors(): readonly unknown[] | undefined {
    const unobserved = this.#failed?.filter(child => !child.extras.isObserved);
    return unobserved === undefined || unobserved.length === 0 ? undefined : unobserved.map(failureOf);
  }

  *[Symbol.iterator](): Generator<Task, void, undefined> {
    yield* this.#children;
    if (this.#daemons !== undefined) yield* this.#daemons;
  }

  #isFailedCleanup(child: Task): boolean {
    if (child.has(SHIELDED) && !child.has(ISOLATED)) return child.state === 'failed';
    // What cancelled only the child came from the parent's own program, like a timeout in it.
    return child.cancelled === this.parent.cancelled && failedInCleanup(child);
  }

  #report(child: Task, listener: (child: Task) => void): void {
    try {
      listener(child);
    } catch (error) {
      this.parent.fail(error);
    }
  }

  #childFailed(child: Task, error: unknown): void {
    if (!this.parent.has(SUPERVISOR)) this.parent.fail(error);
    else if (!child.extras.isObserved) this.#failed = appended(this.#failed, child);
  }

  #listFor(child: Task): SlotList<Task> {
    if (!child.isDaemon) return this.#children;
    this.#daemons ??= new SlotList();
    return this.#daemons;
  }
}

/**
 * Whether tasks that the body of `task` has spawned go on, daemons apart, for whose end it waits. O(1), unlike a look at
 * `task.children`.
 * @example if (!hasSpawned(task)) endIteration();
 */
export function hasSpawned({ children }: Task): boolean {
  return children instanceof TaskFamily && children.spawnedCount > 0;
}

/**
 * Whether a task that has ended failed because of its cancellation: in its clean-up, or in that of a task below it. For
 * combinators, which must not lose such an error. A task also cancels itself when it fails; that does not count.
 * @example if (failedInCleanup(loser)) throw failureOf(loser);
 */
export function failedInCleanup(task: Task): boolean {
  if (task.state !== 'failed' || task.cancelled!.reason === task.extras.errors?.[0]) return false;
  const { children } = task;
  if (children instanceof TaskFamily && children.hasFailedCleanup) return true;
  return task.cancelDeliveries > 0 && !task.has(ENDS_CANCELLED);
}
