import { describe } from '../errors/describe.js';
import { CircularValueError, TaskCancelledError } from './errors.js';
import type { Task } from './task.js';
import { CANCELLED, FAILED, SUCCEEDED } from './task-state.js';
import type { Waiter } from './waiter.js';

/** How a task ended: with a value, with an error, by cancellation, or not yet. `state` tells which. */
export type TaskResult<T> =
  | { readonly state: 'pending' }
  | { readonly state: 'succeeded'; readonly value: T }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'cancelled'; readonly reason: unknown };

/** The result of every task that has not ended. */
const PENDING = { state: 'pending' } as const;

/** @internal @param content what the task keeps in this state */
export function resultIn<T>(state: number, content: unknown): TaskResult<T> {
  if (state === SUCCEEDED) return { state: 'succeeded', value: content as T };
  if (state === FAILED) return { state: 'failed', error: content };
  if (state === CANCELLED) return { state: 'cancelled', reason: content };
  return PENDING;
}

/** What a task that joins this one gets thrown, if this one has ended without success: its error, or a `TaskCancelledError`. See `failedInCleanup`. */
export function failureOf({ name, result }: Task): unknown {
  if (result.state === 'failed') return result.error;
  return new TaskCancelledError(name, result.state === 'cancelled' ? result.reason : undefined);
}

/** The value of a task that has ended; what `yield* task` does, without a wait. @example const values = tasks.map(valueOrThrow); @throws its error, or TaskCancelledError */
export function valueOrThrow<T>(task: Task<T>): T {
  if (task.result.state === 'succeeded') return task.result.value;
  throw failureOf(task);
}

/** @internal Gives the outcome of a task that has ended to a joiner. */
export function settleJoiner(task: Task, waiter: Waiter<unknown>): void {
  const { result } = task;
  if (result.state === 'succeeded') {
    waiter.resolve(result.value);
    return;
  }
  task.extras.isObserved = true;
  // A joiner that was cancelled and still waits is the caller of a scope; as a rule both were cancelled together.
  waiter.reject((result.state === 'cancelled' && waiter.cancelled) || failureOf(task));
}

/**
 * @internal A promise for host code. It is settled when the task ends, as a promise of `run` would be, and rejected with
 * CircularValueError if that would never be.
 */
export function promiseFor<T>(task: Task<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const settle = () => {
      task.extras.isObserved = true;
      if (leadsBack(task)) reject(new CircularValueError(task.name));
      else task.host.tellHost(task, resolve, reject);
    };
    if (task.isEnded) settle();
    else task.extras.addEndListener(settle);
  });
}

/** Whether the values of tasks that are tasks go round in a circle. */
function leadsBack(first: Task): boolean {
  const Task = first.constructor as abstract new (...args: never) => Task;
  const seen = new Set<Task>();
  let task = first;
  while (!seen.has(task)) {
    seen.add(task);
    const { result } = task;
    if (result.state !== 'succeeded' || !(result.value instanceof Task)) return false;
    task = result.value;
  }
  return true;
}

/** @internal For messages and `console.log`. */
export function textOf(task: Task): string {
  const { waitsFor, name, state } = task;
  return `task "${name}" (${waitsFor === undefined ? state : `waits for ${describe(waitsFor)}`})`;
}
