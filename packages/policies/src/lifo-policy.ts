import { SchedulingPolicy, type Task } from '@escapement/core';

/**
 * Last come, first served: the task that became ready last runs next.
 *
 * - **Cost**: O(1), no allocation per switch.
 * - **Promises**: a task runs before every task that became ready earlier. Nothing about starvation: while newer tasks become
 *   ready, the oldest waits. A task that pauses is the newest, so it runs on, and all others wait for it.
 * - **Choose it** for trees of tasks that are searched depth first, because far fewer branches are open at a time than under
 *   FIFO; or under overload, where FIFO makes every request late and this only the oldest ones.
 * - **Not** where a task must run in bounded time, or where tasks pause to let others run.
 *
 * @example createLoop(setTimeoutModule, lifoModule);
 */
export class LifoPolicy extends SchedulingPolicy {
  override readonly alias = 'lifo';
  readonly #ready: Task[] = [];

  override add(task: Task): void {
    this.#ready.push(task);
  }

  override next(): Task | undefined {
    return this.#ready.pop();
  }
}
