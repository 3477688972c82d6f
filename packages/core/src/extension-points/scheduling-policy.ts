import { COPY, thisCopy } from '../events/core-copy.js';
import type { Duration } from '../events/instant.js';
import type { Task } from '../tasks/task.js';
import type { ReadyCause } from '../tasks/task-state.js';

/**
 * Decides which ready task is resumed next.
 *
 * The loop calls `add` each time a task becomes ready, and `next` while there are ready tasks. `next` must return each added
 * task exactly once. If a task pauses and no other is ready, the loop calls neither. All methods run on the loop's thread and
 * on its hot path: keep them short and free of allocation. The loop checks once, when it is built, which of the other methods
 * a policy overrides, and never calls the rest.
 *
 * A policy that throws, or that loses, doubles or invents a task, ends the run with a `PolicyError`; see `onPolicyFault` in
 * `LoopOptions`. What a policy has to know of a task goes into a `TaskSlot`. A policy that needs the time takes the loop's
 * clock in its constructor, as handlers do.
 *
 * @example
 * class LastComeFirstServed extends SchedulingPolicy {
 *   readonly alias = 'last-come-first-served';
 *   readonly #ready: Task[] = [];
 *   add(task: Task) { this.#ready.push(task); }
 *   next() { return this.#ready.pop(); }
 * }
 */
export abstract class SchedulingPolicy {
  /** @internal */
  get [COPY](): typeof thisCopy {
    return thisCopy;
  }

  /** A stable name for errors: `'fifo'`. */
  abstract readonly alias: string;

  /** `task` is ready. @param cause why: it is new, has paused, is cancelled, or the event that it waited for was settled */
  abstract add(task: Task, cause: ReadyCause): void;

  /** Removes and returns the task to resume next. Called only while at least one added task has not come out. */
  abstract next(): Task | undefined;

  /**
   * Several things could happen next, all of them allowed, like the branches of a `select` that are ready together, or the polls of
   * several handlers: which one?
   * @returns a whole number from 0 to `count - 1`; without this method 0, the first
   */
  choose(_count: number): number {
    return 0;
  }

  /** `task` is resumed now: the task that `next` returned, or one that paused while no other was ready. */
  stepStarted(_task: Task): void {}

  /**
   * The step of `task` is over. If it has paused, its `add` follows. A policy that overrides this makes the loop read its
   * clock once a step.
   *
   * @param ranFor how long the step took, in milliseconds
   */
  stepEnded(_task: Task, _ranFor: Duration): void {}

  /** `task` and its children have ended, in the step that has just ended. It is never added again. Its slots are emptied after this call. */
  taskEnded(_task: Task): void {}
}
