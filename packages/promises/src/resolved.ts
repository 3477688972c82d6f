import { LoopEvent, type Sent } from '@escapement/core';
import { checkPromise } from './not-a-promise-error.js';

/**
 * Waits for a promise of the host's: `yield*` evaluates to its value, or throws what it was rejected with. It only
 * stores the promise; `PromiseHandler` knows how to wait for it.
 */
export class Resolved<out T = unknown> extends LoopEvent<T> {
  static override readonly name: string = 'Resolved';
  override readonly kind = 'resolved';

  /** @throws NotAPromiseError for what has no `then` */
  constructor(readonly promise: PromiseLike<T>) {
    super();
    checkPromise('resolved', promise);
  }

  /**
   * From the `yield*` on, a rejection is the task's business and not the host's. Of a task that is cancelled already the
   * loop tells no handler, so this is the place to say so.
   */
  override [Symbol.iterator](): Iterator<this, T, Sent> {
    // Not `promise.then`: what is lazy must not begin here, let alone begin twice.
    if (this.promise instanceof Promise) Promise.prototype.then.call(this.promise, undefined, ignore);
    return super[Symbol.iterator]();
  }
}

function ignore(): void {}

/**
 * `yield* resolved(promise)` is the `await` of coroutines: it evaluates to the promise's value, or throws its rejection.
 * Takes whatever has a `then`. Needs a strategy that yields to the host, such as `setTimeoutModule`.
 *
 * A promise cannot be cancelled. When the task is, it goes on at once and the promise is forgotten: what comes of it later
 * is dropped, a rejection too, and nobody hears of it as unhandled. So:
 *
 * - What can be aborted is better started with `abortable`.
 * - What must be released is waited for in a shield: `yield* manage(yield* shield(resolved(open(path))))`.
 * - A rejection before the `yield*` is not lost. But until then it is the host's business, and Node ends the process for a
 *   rejection that nobody handles: make the promise where you wait for it.
 *
 * @throws NotAPromiseError for what has no `then`
 * @example const response = yield* resolved(fetch(url));
 */
export function resolved<T>(promise: PromiseLike<T>): Resolved<T> {
  return new Resolved(promise);
}
