import type { LoopEvent } from '../events/loop-event.js';
import type { Task } from './task.js';

/**
 * What a handler settles, once, to resume the coroutine that waits. A second `resolve` or `reject`, and one after
 * `disarm`, does nothing. Only on the loop's own thread: from another thread, request the wakeup and settle in `poll`.
 *
 * Settling makes the task ready, it does not run it: nothing of the coroutine happens inside `resolve`. A settled task
 * takes its turn behind those that are ready already.
 */
export class Waiter<in R = never> {
  #task: Task | undefined;
  /** @internal What it waits for. */
  readonly event: LoopEvent;

  /** @internal */
  constructor(task: Task, event: LoopEvent) {
    this.#task = task;
    this.event = event;
  }

  /** The task that waits; undefined once the wait is over. */
  get task(): Task | undefined {
    return this.#task;
  }

  /** True once the wait is over: settled, or abandoned. */
  get isSettled(): boolean {
    return this.#task === undefined;
  }

  /** The event has come: `yield*` evaluates to `value`. */
  resolve(value: R): void {
    this.#release()?.wake(value, false, this.event);
  }

  /** The wait failed: `yield*` throws `error`. */
  reject(error: unknown): void {
    this.#release()?.wake(error, true, this.event);
  }

  /** @internal The wait was given up. */
  abandon(): void {
    this.#task = undefined;
  }

  #release(): Task | undefined {
    const task = this.#task;
    this.#task = undefined;
    return task;
  }
}
