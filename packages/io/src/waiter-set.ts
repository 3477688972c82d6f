import type { Waiter } from '@escapement/core';

/**
 * @internal The waiters for reading from a descriptor, or for writing to it: none, one, or several. Nearly always it is one.
 * With ten thousand connections a `Set` for each would take more memory than everything else.
 */
export type WaiterSet = Waiter<void> | Set<Waiter<void>> | undefined;

/** @internal */
export function withWaiter(waiters: WaiterSet, waiter: Waiter<void>): WaiterSet {
  if (waiters === undefined) return waiter;
  return waiters instanceof Set ? waiters.add(waiter) : new Set([waiters, waiter]);
}

/** @internal `waiter` need not be in the set. */
export function withoutWaiter(waiters: WaiterSet, waiter: Waiter<void>): WaiterSet {
  if (waiters === waiter) return undefined;
  if (!(waiters instanceof Set)) return waiters;
  waiters.delete(waiter);
  return waiters.size > 0 ? waiters : undefined;
}

/** @internal */
export function sizeOf(waiters: WaiterSet): number {
  if (waiters === undefined) return 0;
  return waiters instanceof Set ? waiters.size : 1;
}

/** @internal */
export function forEachWaiter(waiters: WaiterSet, action: (waiter: Waiter<void>) => void): void {
  if (waiters instanceof Set) waiters.forEach(action);
  else if (waiters !== undefined) action(waiters);
}
