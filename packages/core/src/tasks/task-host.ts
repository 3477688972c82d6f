import type { Instant } from '../events/instant.js';
import type { ReadyCause } from './ready-cause.js';
import type { Task } from './task.js';
import type { TaskSpec } from './task-spec.js';
import type { Waiter } from './waiter.js';

/** @internal What a task needs of the loop that runs it. */
export interface TaskHost {
  now(): Instant;
  warn(code: string, message: string, task: Task): void;
  spawn<T>(spec: TaskSpec<T>, parent: Task | undefined): Task<T>;
  taskReady(task: Task, cause: ReadyCause): void;
  taskEnded(task: Task): void;
  /** Arms a waiter that belongs to no task. @throws NoHandlerError */
  arm(waiter: Waiter<unknown>): void;
  /** Asks the handler whether the wait may end now. */
  mayInterrupt(waiter: Waiter<unknown>): boolean;
  disarm(waiter: Waiter<unknown>): void;
  /** Runs `action` once those that are ready now have had their turn. */
  defer(task: Task, action: () => void): void;
}
