import type { Task } from './task.js';

let running: Task | undefined;

/**
 * The task whose step runs right now, of whichever loop; undefined outside of all steps. For plugins that keep note of
 * who did something; in a coroutine `yield* currentTask()` says the same.
 */
export function runningTask(): Task | undefined {
  return running;
}

/** @internal */
export function setRunningTask(task: Task | undefined): void {
  running = task;
}
