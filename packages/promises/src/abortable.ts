import { type Coroutine, type CurrentTask, checkArgument, coroutine, onCancel } from '@escapement/core';
import { type Resolved, resolved } from './resolved.js';

/** The members that the `AbortSignal` of every host has. */
export interface PlainAbortSignal {
  /** Whether it was aborted. */
  readonly aborted: boolean;
  /** What it was aborted with. */
  readonly reason: unknown;
  /** Throws the reason, if it was aborted. */
  throwIfAborted(): void;
  /** Calls `listener` when it is aborted, unless it is already. */
  addEventListener(type: 'abort', listener: () => void): void;
  /** Takes back a listener. */
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The host's own `AbortSignal` type, if the host's types are loaded. */
export type HostAbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer S } } ? S : PlainAbortSignal;

// This package loads no types of a host, so it declares those that it uses.
declare const AbortController: new () => { readonly signal: HostAbortSignal; abort(reason?: unknown): void };

/**
 * Calls a promise API that takes an `AbortSignal`, and evaluates to the promise's value or throws its rejection. If the task is
 * cancelled during the wait, the signal aborts at once, with the reason of the cancellation.
 *
 * After an abort it does not wait until the promise has settled: the promise might never settle, and a cancellation must not
 * hang. A later value or rejection is dropped. If that matters, do not abort the call but let it finish: `shield(resolved(...))`.
 *
 * @param start is called once, at once. In a task that is cancelled already, its signal is aborted already. An error that it
 *   throws is rethrown.
 * @throws NotAPromiseError if `start` does not return a promise
 * @example const response = yield* timeout(500, abortable(signal => fetch(url, { signal })));
 */
export const abortable = /* @__PURE__ */ coroutine(function* abortable<T>(
  start: (signal: HostAbortSignal) => PromiseLike<T>,
): Coroutine<T, Resolved<T> | CurrentTask> {
  checkArgument('abortable', start, 'function', 'a function that takes a signal and returns a promise');
  const controller = new AbortController();
  const removeListener = yield* onCancel(reason => controller.abort(reason));
  try {
    return yield* resolved(start(controller.signal));
  } finally {
    removeListener();
  }
});
