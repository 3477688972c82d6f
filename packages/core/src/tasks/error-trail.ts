import { Cancelled } from './errors.js';

/** The coroutines and tasks that an error went through after its own stack was taken. */
const trails = new WeakMap<Error, string[]>();

/** @internal `error` leaves a coroutine that was `call`ed, or a task. */
export function noteThrough(error: unknown, name: string): void {
  // A cancellation goes through everything, and is no news.
  if (!(error instanceof Error) || error instanceof Cancelled) return;
  const trail = trails.get(error);
  if (trail === undefined) trails.set(error, [name]);
  else trail.push(name);
}

/** @internal Takes the trail of `error`, innermost first. */
export function takeTrail(error: Error): readonly string[] | undefined {
  const trail = trails.get(error);
  trails.delete(error);
  return trail;
}
