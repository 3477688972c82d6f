import { LoopEvent, type Sent } from '@escapement/core';
import { checkPromise } from './not-a-promise-error.js';
import { handleRejection } from './reaction.js';
import { type CancelOptions, checkWhenCancelled } from './when-cancelled.js';

/**
 * Waits for a promise: `yield*` evaluates to its value, or throws its rejection. The event only stores the promise;
 * `PromiseHandler` knows how to wait for it.
 */
export class Resolved<out T = unknown> extends LoopEvent<T> {
  static override readonly name: string = 'Resolved';
  static override readonly servedBy: string = 'promiseModule of @escapement/promises/module';
  override readonly kind = 'resolved';

  /** Not public: reports show what is. */
  readonly #isAwaited: boolean;

  /** @throws NotAPromiseError if `promise` has no `then`; InvalidArgumentError for wrong options */
  constructor(
    readonly promise: PromiseLike<T>,
    options: CancelOptions = {},
  ) {
    super();
    checkPromise('resolved', promise);
    this.#isAwaited = checkWhenCancelled('resolved', options, 'abandon') === 'wait';
  }

  /** Whether a cancellation ends the wait at once. */
  get isAbandonedWhenCancelled(): boolean {
    return !this.#isAwaited;
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
 * A promise cannot be cancelled, and may never settle. So when the task is cancelled, `Cancelled` is thrown at once, and a later
 * value or rejection of the promise is dropped; the rejection does not count as unhandled. What stands behind the promise runs on.
 *
 * - If the operation takes an `AbortSignal`, use `abortable`, which waits until it has stopped.
 * - If the value must be released, or nothing may run on behind the task, pass `{ whenCancelled: 'wait' }`. A cancellation then waits
 *   until the promise has settled; its value or error is delivered, and `Cancelled` comes at the next suspension:
 *   `yield* manage(yield* resolved(open(path), { whenCancelled: 'wait' }))`. A promise that never settles hangs the task.
 * - A rejection before the `yield*` is not lost, but Node may end the process for it, as an unhandled rejection: make the
 *   promise in the same line as the wait.
 *
 * @throws NotAPromiseError if `promise` has no `then`; InvalidArgumentError for wrong options
 * @example const response = yield* resolved(fetch(url));
 */
export function resolved<T>(promise: PromiseLike<T>, options?: CancelOptions): Resolved<T> {
  return new Resolved(promise, options);
}
