/// <reference lib="esnext.disposable" preserve="true" />
import { type Coroutine, type CurrentTask, coroutine, ensure, InvalidArgumentError } from '@escapement/core';
import { shown } from './not-a-promise-error.js';
import { type Resolved, resolved } from './resolved.js';

/** Something was to be disposed of that has neither `Symbol.asyncDispose` nor `Symbol.dispose`. */
export class NotDisposableError extends InvalidArgumentError {
  static override readonly name = 'NotDisposableError';

  /** @internal */
  constructor(given: unknown) {
    const advice =
      typeof (given as { then?: unknown }).then === 'function'
        ? 'Wait for it first: `yield* manage(yield* shield(resolved(promise)))`.'
        : 'For any other clean-up use `yield* ensure(cleanup())`.';
    const fault = `manage got ${shown(given)}, expected a resource with Symbol.asyncDispose or Symbol.dispose. ${advice}`;
    super('ESC_NOT_DISPOSABLE', fault);
  }
}

/** What can be disposed of; null and undefined need not be. */
export type Resource = AsyncDisposable | Disposable | null | undefined;

/** Only what is disposed of asynchronously has to be waited for. */
export type DisposalEvent<R> = R extends AsyncDisposable ? Resolved : never;

/**
 * The `using` of tasks: runs the resource's `Symbol.asyncDispose`, or else its `Symbol.dispose`, at the end of the current
 * task, and evaluates to the resource. As all that is ensured it runs however the task ends, after its children, the last
 * resource first, shielded from cancellation; a promise is waited for. What it throws fails the task, and the other
 * resources are disposed of all the same; several errors become one `AggregateError`.
 *
 * The current task of a `scope` is the scope's: to be done with a resource earlier, manage it in one. Plain `using` works in
 * coroutines too, at the end of its block; `await using` does not, because only async functions may await.
 *
 * What comes by a promise is waited for in a shield, so that a cancellation cannot come between it and `manage`.
 *
 * @param resource null and undefined are given back, and nothing is done
 * @throws NotDisposableError
 * @example
 * const socket = yield* manage(createSocket('udp4'));
 * const file = yield* manage(yield* shield(resolved(open(path))));
 */
export const manage = /* @__PURE__ */ coroutine(function* manage<R extends Resource>(
  resource: R,
): Coroutine<R, CurrentTask | DisposalEvent<R>> {
  if (resource !== null && resource !== undefined) {
    yield* ensure(disposal(resource, methodOf(resource))) as Coroutine<void, CurrentTask | DisposalEvent<R>>;
  }
  return resource;
});

interface Method {
  readonly dispose: () => unknown;
  readonly isAsync: boolean;
}

/** Now rather than at the end, as `using` does: what cannot be disposed of shall not be used first. */
function methodOf(resource: Partial<AsyncDisposable & Disposable>): Method {
  const { [Symbol.asyncDispose]: disposeAsync, [Symbol.dispose]: dispose } = resource;
  if (typeof disposeAsync === 'function') return { dispose: disposeAsync, isAsync: true };
  if (typeof dispose === 'function') return { dispose, isAsync: false };
  throw new NotDisposableError(resource);
}

function* disposal(resource: object, { dispose, isAsync }: Method): Coroutine<void, Resolved> {
  const disposed: unknown = dispose.call(resource);
  if (isAsync) yield* resolved(Promise.resolve(disposed));
}
