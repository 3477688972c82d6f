import { checkArgument } from '@escapement/core';
import { Action } from './action.js';
import { checkPromise, safely } from './not-a-promise-error.js';
import { type Settler, waitersOf } from './reaction.js';
import { type CancelOptions, checkWhenCancelled, type WhenCancelled } from './when-cancelled.js';

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

/** An operation that an `AbortSignal` ends. */
class Abortable<out T> extends Action<T> {
  readonly operation: (signal: HostAbortSignal) => PromiseLike<T>;

  constructor(operation: (signal: HostAbortSignal) => PromiseLike<T>, whenCancelled: WhenCancelled) {
    super((resolve, reject, stopped) => {
      const controller = new AbortController();
      const { signal } = controller;
      const promise = operation(signal);
      checkPromise('abortable', promise);
      const settler: Settler = {
        settle(_, message, isRejection) {
          if (!isRejection) resolve(message as T);
          else if (isAbort(message, signal)) stopped();
          else reject(message);
        },
      };
      const waiters = waitersOf(promise);
      waiters.set(settler, settler);
      return {
        stop: reason => {
          controller.abort(reason);
          if (whenCancelled === 'abandon') stopped();
        },
        // A promise that never settles must not keep what is abandoned.
        undo: () => waiters.delete(settler),
      };
    });
    this.operation = operation;
  }

  override toString(): string {
    return `Abortable(${this.operation.name || 'function'})`;
  }
}

/** Whether a promise was rejected because its signal was aborted: with the reason itself, as `fetch` does, or as Node does. */
function isAbort(error: unknown, signal: HostAbortSignal): boolean {
  if (!signal.aborted) return false;
  return error === signal.reason || safely(() => (error as Error | undefined)?.name === 'AbortError');
}

/**
 * Calls a promise API that takes an `AbortSignal`, and evaluates to the promise's value or throws its rejection. If the task is
 * cancelled during the wait, the signal aborts at once, with the reason of the cancellation, and the wait ends when the promise
 * has settled. So nothing of the operation runs on behind the task, and nothing is lost:
 *
 * - The promise is rejected with the signal's reason or an `AbortError`: `Cancelled` is thrown.
 * - It is rejected with another error: that is thrown.
 * - It has a value nevertheless, such as an open file: that is delivered, and `Cancelled` comes at the next suspension.
 *
 * An operation that ignores its signal is waited for to its end. For one that may never end, or that nobody need wait for, pass
 * `{ whenCancelled: 'abandon' }`: `Cancelled` is thrown at once, and a later value or rejection is dropped.
 *
 * In a task that is cancelled already it is not called. It needs `promiseModule`, and a strategy that lets the host run.
 *
 * @param operation is called once for each `yield*`. An error that it throws is rethrown.
 * @throws InvalidArgumentError if `operation` is no function, or for wrong options; NotAPromiseError if it does not return a promise
 * @example const response = yield* timeout(500, abortable(signal => fetch(url, { signal })));
 */
export function abortable<T>(
  operation: (signal: HostAbortSignal) => PromiseLike<T>,
  options: CancelOptions = {},
): Action<T> {
  checkArgument('abortable', operation, 'function', 'a function that takes a signal and returns a promise');
  return new Abortable(operation, checkWhenCancelled('abortable', options, 'wait'));
}
