import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { runningTask, type Task, TaskSlot } from '@escapement/core';

/** The async context of each task, as its last step left it. */
const contexts = new TaskSlot<AsyncResource | undefined>();

/** @internal The present context: of the running task, or of host code. */
export function captureContext(): AsyncResource {
  return new AsyncResource('EscapementTask');
}

/** @internal Gives a new task the context of the code that spawns it. */
export function inheritContext(task: Task): void {
  const parents = isSpawnedByLoop(task) ? contexts.get(task.parent!) : undefined;
  contexts.set(task, parents === undefined ? captureContext() : parents.runInAsyncScope(captureContext));
}

/** @internal The later steps of `task` run in `context`. @returns false if the task has none yet */
export function changeContext(task: Task, context: AsyncResource): boolean {
  if (contexts.get(task) === undefined) return false;
  contexts.set(task, context);
  return true;
}

/** @internal Runs a step of `task` in its context. */
export function runInContext(task: Task, step: () => void): void {
  const context = contexts.get(task)!;
  isMutable ??= probeMutability();
  if (isMutable) {
    context.runInAsyncScope(step);
    return;
  }
  const after = context.runInAsyncScope(runAndCapture, undefined, step);
  // Not if the step has changed it.
  if (contexts.get(task) === context) contexts.set(task, after);
}

/** @internal A task that is kept for its result must not keep the stores. */
export function forgetContext(task: Task): void {
  contexts.set(task, undefined);
}

/** No body runs: the loop starts a clean-up of the parent, in the step in which the last of the parent's children ended. */
function isSpawnedByLoop({ parent }: Task): boolean {
  const running = runningTask();
  return running !== undefined && running !== parent && running.state !== 'running';
}

function runAndCapture(step: () => void): AsyncResource {
  step();
  return captureContext();
}

let isMutable: boolean | undefined;

/** Whether `enterWith` changes the context that a resource has captured: so it is before Node 24. */
function probeMutability(): boolean {
  const storage = new AsyncLocalStorage<boolean>();
  const context = captureContext();
  context.runInAsyncScope(() => storage.enterWith(true));
  const hasChanged = context.runInAsyncScope(() => storage.getStore() === true);
  storage.disable();
  return hasChanged;
}
