import { combineErrors } from '../errors/combine-errors.js';
import { Cancelled } from '../tasks/errors.js';
import type { Task } from '../tasks/task.js';
import { DeadlockError } from './errors.js';
import { showCoroutines } from './stack-trace.js';

/** More faults than these show nothing new. */
const MOST_FAULTS = 20;

/** @internal The faults of plugins, and deadlocks, that end a run. */
export class RunFaults {
  readonly #faults: unknown[] = [];
  /** Host code that awaits a task has got them. */
  areObserved = false;

  get first(): unknown {
    return this.#faults[0];
  }

  /**
   * Leaves out what an earlier fault causes: the same plugin fails again in the same way, or the run ends in a deadlock.
   * @returns false if it was left out
   */
  add(fault: unknown): boolean {
    const isConsequence = this.#faults.length > 0 && fault instanceof DeadlockError;
    if (isConsequence || this.#faults.length >= MOST_FAULTS) return false;
    if (this.#faults.some(before => isSame(before, fault))) return false;
    this.#faults.push(fault);
    return true;
  }

  /** The value of the run, or of a program in it. @throws the faults, and the error of the program */
  outcomeOf<T>(task: Task<T>): T {
    const { result } = task;
    const errors = [...this.#faults];
    if (result.state === 'failed' && !errors.includes(result.error)) errors.push(result.error);
    for (const error of errors) showCoroutines(error);
    if (errors.length > 0) throw combineErrors(errors, 'the run ended');
    if (result.state === 'succeeded') return result.value;
    throw new Cancelled(task.name, (result as { reason?: unknown }).reason);
  }
}

function isSame(fault: unknown, other: unknown): boolean {
  if (fault === other) return true;
  return fault instanceof Error && other instanceof Error && fault.message === other.message;
}
