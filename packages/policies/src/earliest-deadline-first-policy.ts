import { SchedulingPolicy, type Task } from '@escapement/core';
import { StableQueue } from './stable-queue.js';

/**
 * The ready task whose deadline is the earliest runs next; of equal ones, the task that became ready first. A task's deadline
 * is its own (`spawn(body, { deadline })`), or that of the nearest task above or `timeout` around it; else `Infinity`, and it
 * runs when no task with a deadline is ready. No task is interrupted.
 *
 * - **Cost**: O(log n) for n ready tasks, and the look-up of the deadline among the context values of the task. No allocation
 *   per switch.
 * - **Promises**: if any order of the steps meets all deadlines of tasks that are ready together, this one does. Nothing
 *   about starvation: while tasks with earlier deadlines become ready, the others wait. A deadline that is over still counts
 *   as the earliest.
 * - **Choose it** if requests have time limits and the thread has time for most of them.
 * - **Not** under lasting overload: it works on what is late anyway, and so makes the next ones late, too. Put a `timeout`
 *   around the work, which ends what is late, or refuse some. The deadline is taken when the task becomes ready; a change
 *   while it is ready counts from the next time on.
 *
 * @example
 * const loop = createLoop(setTimeoutModule, sleepModule, earliestDeadlineFirstModule);
 * await loop.run(function* () {
 *   yield* spawn(() => timeout(200, answer(request))); // all tasks in there have its deadline
 *   yield* spawn(report, { deadline: (yield* now()) + 5000 });
 * });
 */
export class EarliestDeadlineFirstPolicy extends SchedulingPolicy {
  override readonly alias = 'earliest-deadline-first';
  readonly #ready = new StableQueue<Task>();

  override add(task: Task): void {
    this.#ready.add(task.deadline, task);
  }

  override next(): Task | undefined {
    return this.#ready.take();
  }
}
