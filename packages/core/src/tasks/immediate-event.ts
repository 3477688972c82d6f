import type { Sent } from '../events/coroutine.js';
import { RESUMED_WITH_NOTHING, rethrow } from '../events/event-iterator.js';
import { LoopEvent } from '../events/loop-event.js';
import { runningTask } from './running-task.js';
import type { Task } from './task.js';

/** The result of an event that need not wait. */
export type Answer<R> = IteratorReturnResult<R>;

/** An answer without a value: `return ANSWERED`. */
export const ANSWERED: Answer<void> = { done: true, value: undefined };

/**
 * An event that may have its result already: a free lock, a queued item, buffered bytes.
 *
 * `yield*` first calls `attempt`. If that answers, the coroutine goes on without a suspension: no other task runs, and a
 * cancelled task does not get `Cancelled` here. Otherwise the loop suspends the task and the handler arms the event.
 * A task that never has to wait never lets others run: document that for such an event.
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
   * Takes the result if it is available and no other task waits for it; returns `undefined` if `task` must wait, and then
   * must have changed nothing. Called once per `yield*`, and once more before `arm`. What it throws is thrown at the `yield*`.
   *
   * @param task the running task; undefined if the coroutine runs outside of a loop
   */
  abstract attempt(task: Task | undefined): Answer<R> | undefined;

  override [Symbol.iterator](): Iterator<this, R, Sent> {
    asked = this;
    return ATTEMPT_ONCE;
  }
}

/** @internal Like `isEvent`. Not one function for both: V8 looks quickly only for a class that is always the same. */
export function isImmediate(value: unknown): value is ImmediateEvent {
  try {
    return value instanceof ImmediateEvent;
  } catch {
    return false;
  }
}

/**
 * Is asked before a coroutine attempts an event: for tools that bound how much a step may do without a suspension. It must not throw.
 *
 * @returns an event to wait for instead, such as `pause()`; undefined to go on
 */
export type AttemptHook = (event: ImmediateEvent) => LoopEvent | undefined;

/** @internal */
export let attemptHook: AttemptHook | undefined;

/**
 * Sets the one hook of this copy of core. An instrument sets it in `stepStarted` and restores the one before in `stepEnded`, so that
 * each loop observes its own steps.
 *
 * @returns the hook before
 * @example
 * stepStarted() { this.outer = setAttemptHook(() => (++this.events > 1000 ? pause() : undefined)); }
 * stepEnded() { setAttemptHook(this.outer); }
 */
export function setAttemptHook(hook: AttemptHook | undefined): AttemptHook | undefined {
  const before = attemptHook;
  attemptHook = hook;
  return before;
}

/** The event whose iterator was created last, until `next` takes it. Shared by all events: see `event-iterator`. */
let asked: ImmediateEvent | undefined;

const ATTEMPT_ONCE: Iterator<never, never, Sent> = {
  next(result: never): IteratorResult<never, never> {
    const event = asked;
    if (event === undefined) return result === undefined ? RESUMED_WITH_NOTHING : { done: true, value: result };
    asked = undefined;
    if (attemptHook !== undefined) {
      const instead = attemptHook(event);
      if (instead !== undefined) return { done: false, value: instead as never };
    }
    return (event.attempt(runningTask()) as Answer<never> | undefined) ?? { done: false, value: event as never };
  },
  throw: rethrow,
};

/** @internal Before each resume: see `forgetFirstStep`. */
export function forgetAttempt(): void {
  asked = undefined;
}
