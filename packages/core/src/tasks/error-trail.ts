import { safely } from '../errors/describe.js';
import { Cancelled } from './errors.js';

/** The most coroutines and tasks that a trail names: calls may be nested a hundred thousand deep. */
const MOST_NAMES = 100;

/** @internal The coroutines and tasks that an error has left since its stack was captured, innermost first. */
export interface Trail {
  readonly names: string[];
  /** How many it does not name. */
  more: number;
}

const trails = new WeakMap<object, Trail>();

/** @internal Adds the coroutine or task that `error` leaves. */
export function addToTrail(error: unknown, name: string): void {
  if (!isTraced(error)) return;
  const trail = trails.get(error);
  if (trail === undefined) trails.set(error, { names: [name], more: 0 });
  else if (trail.names.length < MOST_NAMES) trail.names.push(name);
  else trail.more++;
}

function isTraced(error: unknown): error is Error {
  return safely(() => error instanceof Error && !(error instanceof Cancelled)) ?? false;
}

/** @internal Removes and returns the trail of `error`. */
export function takeTrail(error: object): Trail | undefined {
  const trail = trails.get(error);
  trails.delete(error);
  return trail;
}
