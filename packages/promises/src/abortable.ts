import { type Coroutine, type CurrentTask, coroutine, onCancel } from '@escapement/core';
import { type Resolved, resolved } from './resolved.js';

/** What every host's `AbortSignal` has. */
export interface PlainAbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The host's own `AbortSignal`, where its types are loaded. */
export type HostAbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer S } } ? S : PlainAbortSignal;

// This package has no types of a host: these are the few of them that it uses.
declare const AbortController: new () => { readonly signal: HostAbortSignal; abort(reason?: unknown): void };

/**
 * Runs a promise API that takes an `AbortSignal`, and evaluates to its value or throws its rejection. When the task is
 * cancelled meanwhile, the signal aborts at once, with the reason of the cancellation.
 *
 * It does not wait until what was aborted has settled: nothing says that it ever does, and a cancellation must not hang
 * on that. What it still does, or throws, nobody hears of. Where that matters, let the API finish by itself:
 * `shield(resolved(...))`.
 *
 * @param start is called once, at once; in a task that is cancelled already with a signal that is aborted already. What it
 *   throws is thrown.
 * @throws NotAPromiseError if `start` returns none
 * @example const response = yield* timeout(500, abortable(signal => fetch(url, { signal })));
 */
export const abortable = /* @__PURE__ */ coroutine(function* abortable<T>(
  start: (signal: HostAbortSignal) => PromiseLike<T>,
): Coroutine<T, Resolved<T> | CurrentTask> {
  const controller = new AbortController();
  const takeBack = yield* onCancel(reason => controller.abort(reason));
  try {
    return yield* resolved(start(controller.signal));
  } finally {
    takeBack();
  }
});
