import { LoopEvent, type Sent } from '@escapement/core';
import { checkPromise } from './not-a-promise-error.js';
import { handleRejection } from './reaction.js';

/**
 * Waits for a promise: `yield*` evaluates to its value, or throws its rejection. The event only stores the promise;
 * `PromiseHandler` knows how to wait for it.
 */
export class Resolved<out T = unknown> extends LoopEvent<T> {
  static override readonly name: string = 'Resolved';
  override readonly kind = 'resolved';

  /** @throws NotAPromiseError if `promise` has no `then` */
  constructor(readonly promise: PromiseLike<T>) {
    super();
    checkPromise('resolved', promise);
  }

  /**
   * From the `yield*` on the task handles a rejection, so the host must not report it as unhandled. The loop does not pass the
   * event of a task that is cancelled already to the handler; so the reaction is added here.
   */
  override [Symbol.iterator](): Iterator<this, T, Sent> {
    handleRejection(this.promise);
    return super[Symbol.iterator]();
  }
}

/**
 * `yield* resolved(promise)` is the `await` of coroutines: it evaluates to the promise's value, or throws its rejection.
 * It accepts any object with a `then`. It needs a strategy that yields to the host, such as `setTimeoutModule`.
 *
 * A promise cannot be cancelled. When the task is cancelled, `Cancelled` is thrown at once, and a later value or rejection
 * of the promise is dropped; the rejection does not count as unhandled. So:
 *
 * - If the operation takes an `AbortSignal`, use `abortable`.
 * - If the value must be released, wait in a shield: `yield* manage(yield* shield(resolved(open(path))))`.
 * - A rejection before the `yield*` is not lost, but Node may end the process for it, as an unhandled rejection: make the
 *   promise in the same line as the wait.
 *
 * @throws NotAPromiseError if `promise` has no `then`
 * @example const response = yield* resolved(fetch(url));
 */
export function resolved<T>(promise: PromiseLike<T>): Resolved<T> {
  return new Resolved(promise);
}
