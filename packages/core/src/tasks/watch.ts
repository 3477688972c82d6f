import type { LoopEvent } from '../events/loop-event.js';
import type { Task } from './task.js';
import { Waiter, type WaitTarget } from './waiter.js';

/** What a watch informs, once at most. Both are called inside of the handler's `resolve` or `reject`: settle waiters and cancel watches here, and be quick. What must take its turn goes into `task.defer`. */
export interface WatchTarget<in R = unknown> {
  /** The event has come. */
  resolved(value: R): void;
  /** The wait failed. */
  rejected(error: unknown): void;
}

/**
 * A wait that belongs to no task: an event that is armed, and whose waiter informs a target instead of resuming a coroutine. For
 * what waits beside a task (a time limit), for the first of several events, for handlers that wait for other events.
 * Made by `yield* watch(event, target)`, or by `task.watch(event, target)`.
 */
export class Watch implements WaitTarget {
  readonly #target: WatchTarget<unknown>;
  readonly #waiter: Waiter<unknown>;

  /** @internal */
  constructor(
    /** On whose behalf. Once that has ended the target is not informed any more. */
    readonly task: Task,
    event: LoopEvent,
    target: WatchTarget<never>,
  ) {
    this.#target = target as WatchTarget<unknown>;
    this.#waiter = new Waiter(this, event);
    task.host.arm(this.#waiter);
  }

  /** True once the target was informed, or the watch cancelled. */
  get isOver(): boolean {
    return this.#waiter.isSettled;
  }

  /**
   * Ends the wait: it is disarmed, and the target is not informed. Whoever makes a watch cancels it when it is not needed any
   * more; cancelling one that is over does nothing.
   *
   * @returns false if the handler cannot interrupt the wait yet: the target will be informed
   */
  cancel(): boolean {
    if (this.isOver) return true;
    const { host } = this.task;
    if (!host.mayInterrupt(this.#waiter) || this.isOver) return this.isOver;
    this.#waiter.abandon();
    host.disarm(this.#waiter);
    return true;
  }

  /** @internal */
  settled(message: unknown, isError: boolean): void {
    if (!this.task.isLive) return;
    if (isError) this.#target.rejected(message);
    else this.#target.resolved(message);
  }
}
