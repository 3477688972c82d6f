import { checkArgument, checkCallback } from '../errors/invalid-argument-error.js';
import type { LoopEvent } from '../events/loop-event.js';
import type { Task } from './task.js';
import { Waiter, type WaitTarget } from './waiter.js';

/**
 * What a watch informs, at most once. Both methods run inside of the handler's `resolve` or `reject`: be quick, and only
 * settle waiters or cancel watches. Pass everything else to `task.defer`. What they throw fails the watch's task.
 */
export interface WatchTarget<in R = unknown> {
  /** The event has happened. */
  resolved(value: R): void;
  /** The wait failed. */
  rejected(error: unknown): void;
}

/**
 * A wait that suspends no task: an armed event whose waiter informs a target. For a time limit beside a task, for the first
 * of several events, for handlers that wait for other events. Created by `yield* watch(event, target)`, or by
 * `task.watch(event, target)`.
 * See `watch`.
 */
export class Watch implements WaitTarget {
  readonly #target: WatchTarget<unknown>;
  readonly #waiter: Waiter<unknown>;

  /** @internal */
  constructor(
    /** The owner. Once it has ended, the target is not informed any more. */
    readonly task: Task,
    event: LoopEvent,
    target: WatchTarget<never>,
  ) {
    checkTarget(target);
    this.#target = target as WatchTarget<unknown>;
    this.#waiter = new Waiter(this, event);
    // Of a task that has ended, nothing may be left in the handler for the next run.
    if (task.isEnded) this.#waiter.abandon();
    else task.host.arm(this.#waiter);
  }

  /** True once the target was informed, or the watch was cancelled. */
  get isOver(): boolean {
    return this.#waiter.isSettled;
  }

  /**
   * Ends the wait: disarms it, and the target is not informed. Cancel each watch that you no longer need; cancelling one
   * that is over does nothing.
   *
   * @returns false if the handler refuses to interrupt the wait: the target will be informed
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
    if (this.task.isEnded) return;
    try {
      if (isError) this.#target.rejected(message);
      else this.#target.resolved(message);
    } catch (error) {
      this.task.fail(error);
    }
  }
}

/** @throws InvalidArgumentError */
function checkTarget(target: WatchTarget<never>): void {
  checkArgument('watch', target, 'object', 'a target with the methods resolved and rejected');
  checkCallback('watch for `resolved` of its target', target.resolved, 'a function');
  checkCallback('watch for `rejected` of its target', target.rejected, 'a function');
}
