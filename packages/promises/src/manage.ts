/// <reference lib="esnext.disposable" preserve="true" />
import { type Coroutine, type CurrentTask, coroutine, describe, ensure, InvalidArgumentError } from '@escapement/core';
import { safely } from './not-a-promise-error.js';
import { type Resolved, resolved } from './resolved.js';

/** `manage` got a value that has neither `Symbol.asyncDispose` nor `Symbol.dispose`. */
export class NotDisposableError extends InvalidArgumentError {
  static override readonly name = 'NotDisposableError';

  /** @internal */
  constructor(given: unknown) {
    const advice = safely(() => typeof (given as { then?: unknown }).then === 'function')
      ? 'Wait for it first: `yield* manage(yield* shield(resolved(promise)))`.'
      : 'For any other clean-up use `yield* ensure(cleanup())`.';
    const fault = `manage got ${describe(given)}, expected a resource with Symbol.asyncDispose or Symbol.dispose. ${advice}`;
    super('ESC_NOT_DISPOSABLE', fault);
  }
}

/** A disposable resource; null and undefined are allowed and ignored. */
export type Resource = AsyncDisposable | Disposable | null | undefined;

/** Only an asynchronous disposal is waited for. */
export type DisposalEvent<R> = R extends AsyncDisposable ? Resolved : never;

/**
 * The `using` of tasks: runs the resource's `Symbol.asyncDispose`, or else its `Symbol.dispose`, at the end of the current
 * task, and evaluates to the resource. Like every clean-up of `ensure` it runs however the task ends, after its children, the
 * last resource first, shielded from cancellation; a promise is waited for. An error of a disposal fails the task. The other
 * resources are still disposed of, and several errors become one `AggregateError`.
 *
 * Inside a `scope` the current task is that of the scope: to dispose of a resource earlier, manage it in a scope. Plain `using`
 * works in coroutines too, at the end of its block; `await using` does not, because only async functions may await.
 *
 * If a promise provides the resource, wait for it in a shield: a cancellation cannot come between the promise and `manage` then.
 *
 * @param resource null and undefined are returned, and nothing is registered
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

/** Looked up now, not at the end, as `using` does: a value that is not disposable is rejected before it is used. */
function methodOf(resource: Partial<AsyncDisposable & Disposable>): Method {
  const found = methodIn(resource);
  if (found === undefined) throw new NotDisposableError(resource);
  return found;
}

function methodIn(resource: Partial<AsyncDisposable & Disposable>): Method | undefined {
  try {
    const { [Symbol.asyncDispose]: disposeAsync, [Symbol.dispose]: dispose } = resource;
    if (typeof disposeAsync === 'function') return { dispose: disposeAsync, isAsync: true };
    return typeof dispose === 'function' ? { dispose, isAsync: false } : undefined;
  } catch {
    return undefined;
  }
}

function* disposal(resource: object, { dispose, isAsync }: Method): Coroutine<void, Resolved> {
  const disposed: unknown = dispose.call(resource);
  if (isAsync) yield* resolved(Promise.resolve(disposed));
}
