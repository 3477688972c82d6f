import type { ReadyCause } from './ready-cause.js';
import type { Task } from './task.js';
import type { TaskSpec } from './task-spec.js';
import type { Waiter } from './waiter.js';

/** @internal What a task needs of the loop that runs it. */
export interface TaskHost {
  spawn<T>(spec: TaskSpec<T>, parent: Task | undefined): Task<T>;
  taskReady(task: Task, cause: ReadyCause): void;
  waitAbandoned(waiter: Waiter<unknown>): void;
  taskEnded(task: Task): void;
}
