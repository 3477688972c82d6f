import { checkArgument, checkCallback } from '../errors/invalid-argument-error.js';
import type { LoopEvent } from '../events/loop-event.js';
import { Cancelled } from './errors.js';
import type { Task } from './task.js';
import { nameOrId } from './task-name.js';
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
  #isCancelled = false;
  #cancelled: Cancelled | undefined = undefined;

  /** @internal */
  constructor(
    /** The owner. Once it has ended, the target is not informed any more. */
    readonly task: Task,
    event: LoopEvent,
    target: WatchTarget<never>,
    wasAttempted = false,
  ) {
    checkTarget(target);
    this.#target = target as WatchTarget<unknown>;
    this.#waiter = new Waiter(this, event);
    // Of a task that has ended, nothing may be left in the handler for the next run.
    if (task.isEnded) this.#waiter.abandon();
    else task.host.arm(this.#waiter, wasAttempted);
  }

  /** True once the target was informed, or the watch was cancelled. */
  get isOver(): boolean {
    return this.#waiter.isSettled;
  }

  /**
   * Ends the wait: disarms it, and the target is not informed. Cancel each watch that you no longer need; cancelling one
   * that is over does nothing.
   *
   * @returns false if the handler refuses to interrupt the wait, because the operation has to stop first: the target is
   * informed when it has. With the `Cancelled` of `waiter.cancelled`, as a rule
   */
  cancel(): boolean {
    if (this.isOver) return true;
    this.#isCancelled = true;
    if (!this.task.host.mayInterrupt(this.#waiter) || this.isOver) return this.isOver;
    this.breakOff();
    return true;
  }

  /** Ends the wait at once, even if the handler would refuse. Only for when the run breaks off: see `EventHandler.disarm`. */
  breakOff(): void {
    if (this.isOver) return;
    this.#waiter.abandon();
    this.task.host.disarm(this.#waiter);
  }

  /** @internal */
  get cancelled(): Cancelled | undefined {
    if (!this.#isCancelled) return this.task.cancelled;
    // Made only for handlers that refuse, because an error costs more than all the rest.
    this.#cancelled ??= Cancelled.withoutStack(nameOrId(this.task), 'a watch was cancelled');
    return this.#cancelled;
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

/** The methods that were found right last. */
let checkedResolved: unknown = checkTarget;
let checkedRejected: unknown;

/** @throws InvalidArgumentError */
function checkTarget(target: WatchTarget<never>): void {
  try {
    // As a rule these are the methods of one class, and many watches are started.
    if (target.resolved === checkedResolved && target.rejected === checkedRejected) return;
  } catch {
    // Refused below.
  }
  checkArgument('watch', target, 'object', 'a target with the methods resolved and rejected');
  checkCallback('watch for `resolved` of its target', target.resolved, 'a function');
  checkCallback('watch for `rejected` of its target', target.rejected, 'a function');
  checkedResolved = target.resolved;
  checkedRejected = target.rejected;
}
