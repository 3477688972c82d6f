import type { Instant } from '../events/instant.js';
import type { LoopEvent } from '../events/loop-event.js';
import type { Task } from '../tasks/task.js';
import type { ReadyCause } from '../tasks/task-state.js';

/** A probable mistake that does no harm yet. Goes to `Instrument.warned`, or else to the console. */
export interface LoopWarning {
  /** Stable; `ESC_...` in the warnings of these packages. */
  readonly code: string;
  /** What happened, what was expected, and the likely fix: one line, for people. */
  readonly message: string;
  /** The task that made the mistake; undefined if an instrument did, or the program that called the loop. */
  readonly task: Task | undefined;
}

/**
 * Observes a loop. Every hook is optional and runs synchronously on the loop's thread. Without instruments, a loop pays one
 * comparison per step. Hooks are looked up when the loop is built.
 *
 * A hook must not throw. If one does, the loop switches its instrument off for good and warns (`ESC_INSTRUMENT_FAILED`).
 *
 * The order of the calls:
 *
 * - **Run**: `runStarted` first, `runEnded` last. Only `warningIssued` and `warned` may come at any time.
 * - **Task**: `taskSpawned`, `taskReady('spawned')`, its steps, `taskEnded`. Exactly one `taskReady` between two steps. A
 *   task that is cancelled before its first step has one step, in which its coroutine does not run.
 * - **Step**: `stepStarted`, `stepEnded`, then `taskEnded` for each task that ended in it, children before their parent.
 *   Steps do not overlap. During a step come, in any number:
 *   - `taskSpawned` followed at once by `taskReady('spawned')`, for a child;
 *   - `taskReady` for a task that is cancelled, or whose event is settled.
 *
 *   `suspended` comes at most once per step, when the coroutine has stopped and before the handler arms the event. If the
 *   wait is over at once, or the task is cancelled, or its event is refused, its `taskReady` comes before `stepEnded`. The
 *   `taskReady` of a paused task comes right after `stepEnded`. `aroundStep` is called between `stepStarted` and `stepEnded`.
 * - **Sleep**: `sleepStarted`, `sleepEnded`, never during a step. During a sleep the host may settle events, cancel and spawn.
 * - **Fault**: `crashed`, outside of steps and sleeps. Then all tasks are cancelled, and the run goes on until they have
 *   cleaned up. If what a clean-up waits for is broken, the wait ends with `Cancelled`, so every task ends.
 *
 * @example
 * const trace: Instrument = { suspended: (task, event) => console.log(`${task.name} waits for ${event}`) };
 * const loop = new EventLoop({ strategy, handlers, instruments: [trace] });
 */
export interface Instrument {
  /** @param root the task of the run's program */
  runStarted?(root: Task): void;
  /** All plugins are closed, and all tasks have ended. */
  runEnded?(root: Task): void;
  /** A plugin threw or broke its contract, or the run is in a deadlock. `run` will throw `fault`. */
  crashed?(fault: unknown): void;
  /** `task` exists; see `task.parent`. Its `taskReady` follows at once. */
  taskSpawned?(task: Task): void;
  /** `task` waits for its next step. */
  taskReady?(task: Task, cause: ReadyCause): void;
  /** The coroutine of `task` runs from now on. */
  stepStarted?(task: Task): void;
  /**
   * Runs one step of `task` inside what must hold while its coroutine runs, such as the async context of the host. Calls
   * `step`, which does not throw, once. Of several instruments the first is the outermost. If a hook throws or does not call
   * `step`, the loop runs the step without it.
   *
   * @example aroundStep(task, step) { this.contextOf(task).runInAsyncScope(step); }
   */
  aroundStep?(task: Task, step: () => void): void;
  /** The coroutine of `task` has stopped: it waits, is ready again, or has ended. */
  stepEnded?(task: Task): void;
  /** `task` waits for `event`. Not called for `pause()`, nor for an `ImmediateEvent` that need not wait. */
  suspended?(task: Task, event: LoopEvent): void;
  /** `task` and its children have ended; see `task.result`. */
  taskEnded?(task: Task): void;
  /** The loop lets time pass until `until`, or lets the host run. */
  sleepStarted?(until: Instant): void;
  /** The sleep is over, early or not. Handlers have not been polled yet. */
  sleepEnded?(): void;
  /** A few words on `task` for its line in `loop.dump()` and in reports of deadlocks; undefined for none. */
  note?(task: Task): string | undefined;
  /**
   * What it measures, for `loop.metrics()`, which merges what all instruments return: name the fields so that they do not clash,
   * and declare them in `LoopMetrics`. Called whenever somebody asks.
   */
  metrics?(): object;
  /** A warning was issued. Unlike `warned` this does not replace the console. */
  warningIssued?(warning: LoopWarning): void;
  /** Replaces the console. */
  warned?(warning: LoopWarning): void;
}

/**
 * The names of all hooks that are told what happens, for who wraps or tests instruments.
 * @example const used = INSTRUMENT_HOOKS.filter(hook => instrument[hook] !== undefined);
 */
export const INSTRUMENT_HOOKS = [
  'runStarted',
  'runEnded',
  'crashed',
  'taskSpawned',
  'taskReady',
  'stepStarted',
  'aroundStep',
  'stepEnded',
  'suspended',
  'taskEnded',
  'sleepStarted',
  'sleepEnded',
] as const satisfies readonly Exclude<keyof Instrument, 'note' | 'metrics' | 'warningIssued' | 'warned'>[];
