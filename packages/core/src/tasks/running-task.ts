import type { Task } from './task.js';

let running: Task | undefined;

/**
 * The task whose step runs now, in any loop; undefined between steps. For plugins; in a coroutine use `currentTask()`.
 * @example const owner = runningTask()?.name ?? 'host code';
 */
export function runningTask(): Task | undefined {
  return running;
}

/** @internal */
export function setRunningTask(task: Task | undefined): void {
  running = task;
}
