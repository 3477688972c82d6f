import type { LoopEvent } from '../events/loop-event.js';
import type { Cancelled } from './errors.js';
import type { Task } from './task.js';

/** Whom a waiter informs: a task, or a watch. */
export interface WaitTarget {
  /** @internal */
  readonly task: Task;
  /** @internal @param cause why a task becomes ready: the event */
  settled(message: unknown, isError: boolean, cause: LoopEvent): void;
}

/**
 * What a handler settles, once, when the event has come. A second `resolve` or `reject`, and one after
 * `disarm`, does nothing. Only on the loop's own thread: from another thread, request the wakeup and settle in `poll`.
 *
 * Settling makes the task ready, it does not run it: nothing of the coroutine happens inside `resolve`. A settled task
 * takes its turn behind those that are ready already.
 */
export class Waiter<in R = never> {
  #target: WaitTarget | undefined;
  /** @internal What it waits for. */
  readonly event: LoopEvent;

  /** @internal */
  constructor(target: WaitTarget, event: LoopEvent) {
    this.#target = target;
    this.event = event;
  }

  /** The task that waits, or on whose behalf a watch waits; undefined once the wait is over. */
  get task(): Task | undefined {
    return this.#target?.task;
  }

  /** True once the wait is over: settled, or abandoned. */
  get isSettled(): boolean {
    return this.#target === undefined;
  }

  /**
   * Set once the task is cancelled, in a wait that `EventHandler.interrupt` did not let end. When the operation has stopped
   * because of the cancellation, reject the waiter with it.
   */
  get cancelled(): Cancelled | undefined {
    return this.#target?.task.cancelled;
  }

  /** The event has come: `yield*` evaluates to `value`. */
  resolve(value: R): void {
    this.#release()?.settled(value, false, this.event);
  }

  /** The wait failed: `yield*` throws `error`. */
  reject(error: unknown): void {
    this.#release()?.settled(error, true, this.event);
  }

  /** @internal The wait was given up. */
  abandon(): void {
    this.#target = undefined;
  }

  #release(): WaitTarget | undefined {
    const target = this.#target;
    this.#target = undefined;
    return target;
  }
}
