import type { Instant } from '../events/instant.js';
import type { LoopEvent } from '../events/loop-event.js';
import type { ReadyCause } from '../tasks/ready-cause.js';
import type { Task } from '../tasks/task.js';
import type { LoopWarning } from './loop-warning.js';

/**
 * Watches a loop. Every hook is optional and runs synchronously on the loop's thread. A loop without instruments pays one
 * comparison for each step; one with instruments pays for the hooks that they have when the loop is built.
 *
 * A hook must not throw. An instrument that does is switched off, all its hooks, for as long as the loop lives, and reported
 * with the warning `ESC_INSTRUMENT_FAILED`; the program and the other instruments go on as before.
 *
 * The order of the calls:
 *
 * - **Run**: `runStarted`, everything else, `runEnded`. `warned` alone may come at any time.
 * - **Task**: `taskSpawned`, `taskReady('spawned')`, then its steps, then `taskEnded`. Between two steps of a task there is
 *   exactly one `taskReady`. A task that is cancelled before its first step has one step, in which its coroutine does not run.
 * - **Step**: `stepStarted`, `stepEnded`, then `taskEnded` for each task that ended in it, children before their parent. Steps
 *   do not overlap. In a step there may come, in any number:
 *   - `taskSpawned` and `taskReady('spawned')` of a child, one right after the other;
 *   - `taskReady` of a task that is cancelled, or whose event is settled.
 *
 *   `suspended` comes once at most. By then the coroutine has stopped, and the handler of the event begins. If the wait is
 *   over at once, or there is none because the task is cancelled or its event is refused, its `taskReady` comes before
 *   `stepEnded`. A task that paused is ready right after `stepEnded`.
 * - **Sleep**: `sleepStarted`, `sleepEnded`, never in a step. In a sleep the host may settle events, cancel and spawn.
 * - **Fault**: `crashed`, in no step and no sleep. Then all tasks are cancelled, and the run goes on until they have
 *   cleaned up. A task that cannot, because what it needs is broken, has no `taskEnded`.
 *
 * @example
 * const trace: Instrument = { suspended: (task, event) => console.log(`${task.name} waits for ${event}`) };
 * const loop = new EventLoop({ strategy, handlers, instruments: [trace] });
 */
export interface Instrument {
  /** A run begins; `root` is the task of its program. */
  runStarted?(root: Task): void;
  /** The run is over, all plugins are closed. `root.result` says how it ended; `'pending'`: a fault left it unfinished. */
  runEnded?(root: Task): void;
  /** A plugin threw or broke its contract, or the run is in a deadlock; `run` throws `fault` at its end. */
  crashed?(fault: unknown): void;
  /** `task` was created; it has not run yet. */
  taskSpawned?(task: Task): void;
  /** `task` waits for its next step. */
  taskReady?(task: Task, cause: ReadyCause): void;
  /** `task` is about to be resumed. */
  stepStarted?(task: Task): void;
  /** `task` gave control back. */
  stepEnded?(task: Task): void;
  /** `task` waits for `event`. Not called for `pause()`, nor for what the loop answers at once. */
  suspended?(task: Task, event: LoopEvent): void;
  /** `task` and all its children are done; `task.result` says how. */
  taskEnded?(task: Task): void;
  /** Nothing is ready, or the host gets a chance to run: the loop lets time pass until `until`. */
  sleepStarted?(until: Instant): void;
  sleepEnded?(): void;
  /** Something looks like a mistake. Where no instrument has this hook, it goes to the console. */
  warned?(warning: LoopWarning): void;
}
