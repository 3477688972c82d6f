import { LoopEvent, runningTask, type Sent, type Task, type Waiter } from '@escapement/core';

/** @internal What a `yield*` that need not wait evaluates to. */
export type AtOnce<R> = IteratorReturnResult<R>;

/** @internal At once, with nothing to tell. */
export const AT_ONCE: AtOnce<void> = { done: true, value: undefined };

/**
 * An event of this package. It stores which lock or queue it is about, and that knows how to wait.
 *
 * If there is nothing to wait for, `yield*` goes on at once: the loop does not see the event, no other task runs in between,
 * and a cancelled task is not told of its cancellation.
 */
export abstract class SyncEvent<out R = unknown> extends LoopEvent<R> {
  static override readonly name: string = 'SyncEvent';
  /** For the type checker, to which every event would look like one of these otherwise; there is no such field. */
  protected declare readonly _isSync: true;

  /** @internal Takes for `task` what there is to take without overtaking anybody; undefined if it has to wait. */
  abstract attempt(task: Task | undefined): AtOnce<R> | undefined;

  /** @internal After an attempt in vain: `waiter` joins the line. */
  abstract enter(waiter: Waiter<R>): void;

  /** @internal One of those in the line gave up; its waiter is settled already. */
  abstract leave(): void;

  override [Symbol.iterator](): Iterator<this, R, Sent> {
    return new Attempt<this, R>(this);
  }
}

/** One `yield*` of an event. The attempt is made in its first step: an iterator that nobody uses takes nothing. */
class Attempt<E extends SyncEvent<R>, R> implements Iterator<E, R, Sent> {
  #event: E | undefined;

  constructor(event: E) {
    this.#event = event;
  }

  next(result: R): IteratorResult<E, R> {
    const event = this.#event;
    if (event === undefined) return { done: true, value: result };
    this.#event = undefined;
    return event.attempt(runningTask()) ?? { done: false, value: event };
  }

  // Without it `yield*` would replace the error by a TypeError of its own.
  throw(error: unknown): never {
    throw error;
  }
}
