import type { Waiter } from '@escapement/core';

/**
 * @internal Who waits for a descriptor to become ready for one thing: nobody, one, or several. Nearly always it is one, of
 * ten thousand connections each; a list for it would take more memory than all the rest.
 */
export type WaitLine = Waiter<void> | Waiter<void>[] | undefined;

/** @internal */
export function joined(line: WaitLine, waiter: Waiter<void>): WaitLine {
  if (line === undefined) return waiter;
  if (!Array.isArray(line)) return [line, waiter];
  line.push(waiter);
  return line;
}

/** @internal The line without `waiter`, which need not be in it. */
export function without(line: WaitLine, waiter: Waiter<void>): WaitLine {
  if (line === waiter) return undefined;
  if (!Array.isArray(line)) return line;
  const rest = line.filter(other => other !== waiter);
  return rest.length > 1 ? rest : rest[0];
}

/** @internal */
export function lengthOf(line: WaitLine): number {
  if (line === undefined) return 0;
  return Array.isArray(line) ? line.length : 1;
}

/** @internal */
export function forEachIn(line: WaitLine, action: (waiter: Waiter<void>) => void): void {
  if (Array.isArray(line)) line.forEach(action);
  else if (line !== undefined) action(line);
}
