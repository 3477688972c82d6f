import type { Sent } from '../events/coroutine.js';
import { RESUMED_WITH_NOTHING } from '../events/event-iterator.js';
import { LoopEvent } from '../events/loop-event.js';
import { runningTask } from './running-task.js';
import type { Task } from './task.js';

/** The result of an event that was answered at once. */
export type Answer<R> = IteratorReturnResult<R>;

/** An answer without a value. */
export const ANSWERED: Answer<void> = { done: true, value: undefined };

/**
 * An event that may be answered at once: a free lock, an item that is there, bytes that are buffered already.
 *
 * `yield*` first asks `attempt`. If that answers, the coroutine goes on at once: the event does not go up, no other task runs
 * in between, and a task that is cancelled does not get its `Cancelled` here. Otherwise the event goes up, and its handler arms it.
 * A task that is always answered at once never lets others run: say so in the documentation of such an event.
 *
 * @example
 * class Coin extends ImmediateEvent<number> {
 *   readonly kind = 'coin';
 *   constructor(readonly purse: Purse) { super(); }
 *   attempt() { return this.purse.isEmpty ? undefined : { done: true as const, value: this.purse.take() }; }
 * }
 */
export abstract class ImmediateEvent<out R = unknown> extends LoopEvent<R> {
  /**
   * Takes what is there, without overtaking anybody that waits for it already; `undefined` if `task` has to wait. Called once
   * for each `yield*`, and once more by the loop before `arm`: an attempt in vain must change nothing. What it throws is thrown at
   * the `yield*`.
   *
   * @param task the task that runs; undefined where a coroutine is driven by hand, outside of a loop
   */
  abstract attempt(task: Task | undefined): Answer<R> | undefined;

  override [Symbol.iterator](): Iterator<this, R, Sent> {
    asked = this;
    return ATTEMPT_ONCE;
  }
}

/** Whose attempt `yield*` makes when it takes the first step; one for all, as in `event-iterator`, at the same price. */
let asked: ImmediateEvent | undefined;

const ATTEMPT_ONCE: Iterator<never, never, Sent> = {
  next(result: never): IteratorResult<never, never> {
    const event = asked;
    if (event === undefined) return result === undefined ? RESUMED_WITH_NOTHING : { done: true, value: result };
    asked = undefined;
    return (event.attempt(runningTask()) as Answer<never> | undefined) ?? { done: false, value: event as never };
  },
  // Without it `yield*` would replace the error by a TypeError of its own.
  throw(error: unknown): never {
    throw error;
  },
};

/** @internal Before each resume: see `forgetFirstStep`. */
export function forgetAttempt(): void {
  asked = undefined;
}
