import { COPY, thisCopy } from '../events/core-copy.js';
import type { Task } from '../tasks/task.js';

/**
 * Decides which ready task is resumed next.
 *
 * The loop calls `add` each time a task becomes ready, and `next` while there are ready tasks. If a task pauses and no
 * other is ready, it calls neither. `next` must return each added task exactly once; if it returns undefined, the run ends
 * with a `PolicyError`. Both methods are on the hot path: keep them short and free of allocation.
 *
 * @example
 * class LastComeFirstServed extends SchedulingPolicy {
 *   readonly alias = 'lifo';
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
  abstract add(task: Task): void;
  abstract next(): Task | undefined;
}
