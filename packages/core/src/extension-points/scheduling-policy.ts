import type { Task } from '../tasks/task.js';

/**
 * Decides which ready task is resumed next.
 *
 * The loop calls `add` once each time a task becomes ready, and `next` only while there are ready tasks. A task that
 * pauses while no other is ready goes on without either: there is nothing to decide. Each task that was added must come
 * out of `next` exactly once; a policy that gives back nothing ends the run with a `PolicyError`. Both run on the hot path: keep them short and free of allocation.
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
  /** A stable name for reports and errors: `'fifo'`. */
  abstract readonly alias: string;
  abstract add(task: Task): void;
  abstract next(): Task | undefined;
}
