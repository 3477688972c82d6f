import type { Waiter } from '@escapement/core';

/** Settles waiters when their promise has settled. */
export interface Settler {
  /** @internal */
  settle(waiter: Waiter<unknown>, message: unknown, isRejection: boolean): void;
}

/** The waiters of each promise that has its reaction and has not settled, with their settlers. There may be none left. */
const waiting = new WeakMap<PromiseLike<unknown>, Map<Waiter<unknown>, Settler>>();

/**
 * The waiters of a promise. The first call adds a reaction to it, the only one, whatever number of loops wait for it how
 * often: a reaction cannot be taken back, and keeps all that it refers to until the promise settles.
 */
export function waitersOf(promise: PromiseLike<unknown>): Map<Waiter<unknown>, Settler> {
  const known = waiting.get(promise);
  if (known !== undefined) return known;
  const waiters = new Map<Waiter<unknown>, Settler>();
  waiting.set(promise, waiters);
  const settleAll = (message: unknown, isRejection: boolean) => {
    // A later wait adds a new reaction: a promise settles the same again, but a plain thenable may not.
    waiting.delete(promise);
    for (const [waiter, settler] of waiters) settler.settle(waiter, message, isRejection);
  };
  // `Promise.resolve` returns a promise as it is. It wraps a plain thenable, so that it settles once, later, and does not throw.
  Promise.resolve(promise).then(
    value => settleAll(value, false),
    error => settleAll(error, true),
  );
  return waiters;
}

const handled = new WeakSet<Promise<unknown>>();

/** From now on a rejection of the promise does not count as unhandled. */
export function handleRejection(promise: Promise<unknown>): void {
  if (handled.has(promise)) return;
  handled.add(promise);
  // Not `promise.then`: a lazy thenable would start, and start a second time in the handler.
  Promise.prototype.then.call(promise, undefined, () => {});
}
