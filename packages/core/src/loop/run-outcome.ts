import { combineErrors } from '../errors/combine-errors.js';
import { type EscapementError } from '../errors/escapement-error.js';
import { Cancelled } from '../tasks/errors.js';
import type { Task } from '../tasks/task.js';
import { DeadlockError } from './errors.js';
import { showCoroutines } from './stack-trace.js';

/** @internal False for what a first fault causes: the same plugin fails again, and the run ends in a deadlock. */
export function isNewFault(crash: unknown, before: readonly unknown[]): boolean {
  if (before.length === 0) return true;
  const { code } = crash as Partial<EscapementError>;
  return !(crash instanceof DeadlockError) && before.every(other => (other as Partial<EscapementError>).code !== code);
}

/** @internal The value of a run. @throws its errors */
export function outcomeOf<T>(root: Task<T>, crashes: readonly unknown[]): T {
  const { result } = root;
  const errors = [...crashes];
  if (result.state === 'failed' && !errors.includes(result.error)) errors.push(result.error);
  for (const error of errors) showCoroutines(error);
  if (errors.length > 0) throw combineErrors(errors, 'the run ended');
  if (result.state === 'succeeded') return result.value;
  throw new Cancelled(root.name, (result as { reason?: unknown }).reason);
}
