import type { Task } from '../tasks/task.js';
import { treeOf } from '../tasks/task-tree.js';
import { RunFaults } from './run-outcome.js';

/** Host code that waits for the end of a task; without `resolve` and `reject`, nobody does. */
interface Waiting {
  readonly task: Task;
  readonly resolve?: (value: unknown) => void;
  readonly reject?: (error: unknown) => void;
}

/**
 * @internal Tells host code how tasks ended: what `run` would return or throw for the same end. It waits until the host can run,
 * because the end of a task may be that of the run, and then the plugins are closed, which may fail.
 */
export class HostOutcomes {
  #faults: RunFaults | undefined = undefined;
  #canHostRun = true;
  #waiting: Waiting[] = [];
  /** The tasks that had not ended when their run broke, and the faults of that. */
  readonly #broken = new WeakMap<Task, RunFaults>();

  runStarted(faults: RunFaults): void {
    this.#canHostRun = false;
    this.#faults = faults;
  }

  /** Cancels the tasks of a run that cannot go on. Those that ended before have nothing to do with the fault. */
  runBreaks(root: Task, fault: unknown): void {
    this.#tellAll(undefined);
    for (const task of treeOf(root)) this.#broken.set(task, this.#faults!);
    root.cancel(fault);
  }

  /** The strategy lets the host run. */
  hostRuns(): void {
    this.#canHostRun = true;
    if (this.#faults?.first === undefined) this.#tellAll(undefined);
  }

  hostRan(): void {
    this.#canHostRun = false;
  }

  runEnded(): void {
    this.#canHostRun = true;
    this.#tellAll(this.#faults);
    this.#faults = undefined;
  }

  /** The task has ended: `then` was called with these. */
  tell(task: Task, resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
    this.#add({ task, resolve, reject });
  }

  /** If the task fails and nobody waits for it, that becomes an unhandled rejection of the host. */
  reportFailure(task: Task): void {
    task.extras.addEndListener(() => {
      if (task.result.state === 'failed' && !task.extras.isObserved) this.#add({ task });
    });
  }

  #add(waiting: Waiting): void {
    const faults = this.#broken.get(waiting.task);
    const isOver = faults === undefined || faults !== this.#faults;
    if (this.#canHostRun && isOver) tell(waiting, faults);
    else this.#waiting.push(waiting);
  }

  #tellAll(faults: RunFaults | undefined): void {
    const all = this.#waiting;
    if (all.length === 0) return;
    this.#waiting = [];
    for (const waiting of all) tell(waiting, faults);
  }
}

function tell({ task, resolve, reject }: Waiting, faults = new RunFaults()): void {
  try {
    const value = faults.outcomeOf(task);
    resolve?.(value);
  } catch (error) {
    if (reject === undefined) void throwUnlessObserved(task, error, faults);
    else {
      faults.areObserved = true;
      reject(error);
    }
  }
}

/** `await task` asks for the end of the task one microtask later. */
async function throwUnlessObserved(task: Task, error: unknown, faults: RunFaults): Promise<void> {
  await undefined;
  if (task.extras.isObserved) return;
  faults.areObserved = true;
  throw error;
}
