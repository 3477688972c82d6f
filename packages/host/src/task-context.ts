import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { runningTask, type Task, TaskSlot } from '@escapement/core';

const slot = new TaskSlot<TaskContext | undefined>();
const TYPE = 'EscapementTask';

/** @internal The async context of a task, as its last step left it. */
export class TaskContext {
  #present: AsyncResource;

  private constructor(present: AsyncResource) {
    this.#present = present;
  }

  static of(task: Task): TaskContext | undefined {
    return slot.get(task);
  }

  /** Gives a new task the context of the code that spawns it. */
  static inherit(task: Task): void {
    const parents = isSpawnedByLoop(task) ? slot.get(task.parent!) : undefined;
    slot.set(task, new TaskContext(parents === undefined ? captureContext() : parents.#copy()));
  }

  /** A task that is kept for its result must not keep the stores. */
  static forget(task: Task): void {
    slot.set(task, undefined);
  }

  #copy(): AsyncResource {
    return this.#present.runInAsyncScope(captureContext);
  }

  /** Later steps run in `wanted`. */
  change(wanted: AsyncResource): void {
    this.#present = wanted;
  }

  /** Runs a step of the task. */
  run(step: () => void): void {
    const before = this.#present;
    isMutable ??= probeMutability();
    if (isMutable) {
      before.runInAsyncScope(step);
      return;
    }
    const after = before.runInAsyncScope(runAndCapture, undefined, step, before.asyncId());
    // Not if the step has changed it.
    if (this.#present === before) this.#present = after;
  }
}

/** @internal The present context: of the running task, or of host code. */
export function captureContext(): AsyncResource {
  return new AsyncResource(TYPE);
}

/** @param trigger what is the default, too; a resource that has to find it takes twice as long */
function runAndCapture(step: () => void, trigger: number): AsyncResource {
  step();
  return new AsyncResource(TYPE, trigger);
}

/** No body runs: the loop starts a clean-up of the parent, in the step in which the last of the parent's children ended. */
function isSpawnedByLoop({ parent }: Task): boolean {
  const running = runningTask();
  return running !== undefined && running !== parent && running.state !== 'running';
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
