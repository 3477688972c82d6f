import type { Waiter } from '@escapement/core';

/**
 * @internal Who waits for a descriptor to become ready for one thing: nobody, one, or several. Nearly always it is one, of
 * ten thousand connections each; a set for it would take more memory than all the rest.
 */
export type WaitLine = Waiter<void> | Set<Waiter<void>> | undefined;

/** @internal */
export function joined(line: WaitLine, waiter: Waiter<void>): WaitLine {
  if (line === undefined) return waiter;
  return line instanceof Set ? line.add(waiter) : new Set([line, waiter]);
}

/** @internal The line without `waiter`, which need not be in it. */
export function without(line: WaitLine, waiter: Waiter<void>): WaitLine {
  if (line === waiter) return undefined;
  if (!(line instanceof Set)) return line;
  line.delete(waiter);
  return line.size > 0 ? line : undefined;
}

/** @internal */
export function lengthOf(line: WaitLine): number {
  if (line === undefined) return 0;
  return line instanceof Set ? line.size : 1;
}

/** @internal */
export function forEachIn(line: WaitLine, action: (waiter: Waiter<void>) => void): void {
  if (line instanceof Set) line.forEach(action);
  else if (line !== undefined) action(line);
}
