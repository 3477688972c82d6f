import { Cancelled } from './errors.js';

/** The coroutines and tasks that an error has left since its stack was captured. */
const trails = new WeakMap<Error, string[]>();

/** @internal Adds the coroutine or task that `error` leaves. */
export function addToTrail(error: unknown, name: string): void {
  if (!(error instanceof Error) || error instanceof Cancelled) return;
  const trail = trails.get(error);
  if (trail === undefined) trails.set(error, [name]);
  else trail.push(name);
}

/** @internal Removes and returns the trail of `error`, innermost first. */
export function takeTrail(error: Error): readonly string[] | undefined {
  const trail = trails.get(error);
  trails.delete(error);
  return trail;
}
