import { TaskCancelledError } from './errors.js';
import type { Task } from './task.js';

/** @internal What whoever waits for a task is thrown, if it has ended and has not succeeded. */
export function failureOf({ name, result }: Task): unknown {
  if (result.state === 'failed') return result.error;
  return new TaskCancelledError(name, result.state === 'cancelled' ? result.reason : undefined);
}
