import { EventHandler, type Instrument, type Task, type Waiter } from '@escapement/core';
import { EnterContext } from './enter-context.js';
import { NoAsyncContextError } from './errors.js';
import { captureContext, TaskContext } from './task-context.js';

/**
 * Gives each task an async context, as an async function has one: every `AsyncLocalStorage` holds in all its steps what it
 * held where the task was spawned. What `enterWith` sets in a task holds for the rest of it and for the tasks that it spawns
 * from then on, and for no other.
 *
 * Pass one object as handler and as instrument. In a wired loop: `asyncContextModule`. Callbacks that others call, such as
 * those of `task.defer`, `onCancel` and `watch`, run in the caller's context: wrap them in `AsyncResource.bind`.
 *
 * @example
 * const context = new AsyncContext();
 * const loop = new EventLoop({ strategy, handlers: [context], instruments: [context] });
 */
export class AsyncContext extends EventHandler<EnterContext> implements Instrument {
  override readonly handles = EnterContext;

  /** The task goes on in the event's context. */
  override arm(event: EnterContext, waiter: Waiter<void>): void {
    const task = waiter.task!;
    const present = TaskContext.of(task);
    present?.change(event.context);
    if (present !== undefined) waiter.resolve();
    else waiter.reject(NoAsyncContextError.ofTask(task.name));
  }

  /** Nothing is left to take back. */
  override disarm(): void {}

  /** A cancelled task gets its former context back, too. */
  override startsWhenCancelled(): boolean {
    return true;
  }

  /** The task gets the context of the code that spawns it. */
  taskSpawned(task: Task): void {
    TaskContext.inherit(task);
  }

  /**
   * Changes the context of `task` from outside, as `inContext` does inside of it: calls `enter` in the present context, which must
   * call `capture` at once in the one that is wanted. For a class that adds something to the context of each task.
   */
  protected change(task: Task, enter: (capture: () => void) => void): void {
    const own = TaskContext.of(task)!;
    own.run(() => enter(() => own.change(captureContext())));
  }

  /** Enters the task's context for the step. */
  aroundStep(task: Task, step: () => void): void {
    TaskContext.of(task)!.run(step);
  }

  /** Lets go of the context. */
  taskEnded(task: Task): void {
    TaskContext.forget(task);
  }
}
