import type { LoopEvent } from '../events/loop-event.js';
import type { Cancelled } from './errors.js';
import type { Task } from './task.js';

/** What a waiter informs: a task, or a watch. */
export interface WaitTarget {
  /** @internal */
  readonly task: Task;
  /** @internal */
  readonly cancelled: Cancelled | undefined;
  /** @internal @param cause why a task becomes ready: the event */
  settled(message: unknown, isError: boolean, cause: LoopEvent): void;
}

/**
 * One wait of one task. A handler settles it once, when the event has happened. Settling it again, or after `disarm`, does
 * nothing. Settle it only on the loop's thread; from another thread, request the wakeup and settle it in `poll`.
 *
 * Settling makes the task ready, behind the tasks that are ready already. The coroutine does not run inside of `resolve`.
 * A handler gets it in `EventHandler.arm`: see `EventHandler` for an example.
 */
export class Waiter<in R = never> {
  #target: WaitTarget | undefined;
  /** @internal */
  readonly event: LoopEvent;

  /** @internal */
  constructor(target: WaitTarget, event: LoopEvent) {
    this.#target = target;
    this.event = event;
  }

  /** The task that waits, or that owns the watch; undefined once the wait is over. */
  get task(): Task | undefined {
    return this.#target?.task;
  }

  /** True once the wait is over: settled or abandoned. */
  get isSettled(): boolean {
    // A watch outlives the task that owns it: what it waits for is not for anybody any more.
    return this.#target === undefined || this.#target.task.isEnded;
  }

  /**
   * Set if the task, or the watch, was cancelled and `EventHandler.interrupt` returned false. Reject the waiter with it if the operation
   * has stopped because of the cancellation.
   */
  get cancelled(): Cancelled | undefined {
    return this.#target?.cancelled;
  }

  /** The event has happened: `yield*` evaluates to `value`. */
  resolve(value: R): void {
    this.release()?.settled(value, false, this.event);
  }

  /** The wait failed: `yield*` throws `error`. */
  reject(error: unknown): void {
    this.release()?.settled(error, true, this.event);
  }

  /** @internal */
  abandon(): void {
    this.#target = undefined;
  }

  // Without `#`, because a `#method` takes 8 bytes of every waiter.
  private release(): WaitTarget | undefined {
    const target = this.#target;
    this.#target = undefined;
    return target;
  }
}
