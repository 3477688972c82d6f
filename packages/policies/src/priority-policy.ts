import { checkNumber, SchedulingPolicy, type Task } from '@escapement/core';
import { checkOptions } from './check-option.js';
import { StableQueue } from './stable-queue.js';

/** How fast a waiting task gains on others. */
export interface PriorityOptions {
  /**
   * A ready task counts as one priority higher for each time that so many steps have begun since it became ready; above 0.
   * `Infinity` switches ageing off. 100 by default.
   */
  readonly ageing?: number;
}

/**
 * The ready task with the highest `priority` runs next; of equal ones, the task that became ready first. Priorities are
 * numbers of any size; 0 by default. No task is interrupted: a step that has begun runs to its end.
 *
 * - **Cost**: O(log n) for n ready tasks, less if there are few priorities. No allocation per switch.
 * - **Promises**: stable order among equals. With ageing, no task of a finite priority starves: once a task of priority p is
 *   ready, it runs after at most `(q - p) * ageing + n` other steps, where q is the highest priority that another task has,
 *   and n the highest number of other tasks that are ready at a time. Without ageing, a low priority may wait for ever.
 * - **Choose it** if some work is always more urgent than other work: the reply to a user before the report in the background.
 * - **Not** to divide the time of the thread by shares (`FairPolicy`), nor if the urgency depends on the time
 *   (`EarliestDeadlineFirstPolicy`). A task of low priority that holds a lock keeps one of high priority waiting all the same.
 *
 * Priorities are not inherited: give one to each task that is to have it.
 *
 * @throws InvalidArgumentError
 * @example
 * const loop = createLoop(setTimeoutModule, priorityModule({ ageing: 50 }));
 * await loop.run(function* () {
 *   yield* spawn(report, { priority: -1 });
 *   yield* spawn(reply, { priority: 5 });
 * });
 */
export class PriorityPolicy extends SchedulingPolicy {
  override readonly alias = 'priority';
  readonly #ready = new StableQueue<Task>();
  readonly #ageing: number;
  /** The number of steps that have begun. */
  #steps = 0;

  constructor(options: PriorityOptions = {}) {
    super();
    const { ageing = 100 } = checkOptions('PriorityPolicy', options, '{ ageing: 50 }');
    this.#ageing = checkNumber('PriorityPolicy', 'ageing', ageing, given => given > 0, 'a number of steps above 0');
  }

  // A task that waits gains one priority in `ageing` steps, as do all others that wait. So their order never changes, and it
  // is enough to count against each task how late it came.
  override add(task: Task): void {
    this.#ready.add(this.#steps / this.#ageing - task.priority, task);
  }

  override next(): Task | undefined {
    this.#steps++;
    return this.#ready.take();
  }
}
