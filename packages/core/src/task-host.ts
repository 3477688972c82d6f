import type { Task } from './task.js';
import type { Plan } from './task-plan.js';
import type { Waiter } from './waiter.js';

/** @internal What a task needs of the loop that runs it. */
export interface TaskHost {
  spawn<T>(plan: Plan<T>, parent: Task | undefined): Task<T>;
  taskReady(task: Task): void;
  waitAbandoned(waiter: Waiter<unknown>): void;
  taskEnded(task: Task): void;
}
