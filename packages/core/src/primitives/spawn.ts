import { describe } from '../errors/describe.js';
import { checkArgument, checkNumber, InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { programName } from '../events/body-of.js';
import type { Program, Yieldable } from '../events/coroutine.js';
import type { LoopEvent } from '../events/loop-event.js';
import { type Answer, ImmediateEvent } from '../tasks/immediate-event.js';
import type { Task } from '../tasks/task.js';
import { DAEMON, type SchedulingHints, STARTS_ALWAYS } from '../tasks/task-spec.js';

/** How to spawn a task: its name, whether anybody waits for its end, and hints for the scheduling policy. */
export interface SpawnOptions extends SchedulingHints {
  /** For errors and reports. By default the name of the program's function, or `task-7`. */
  readonly name?: string | undefined;
  /** The parent does not wait for it, and cancels it when the parent's body and other children are done. */
  readonly daemon?: boolean;
  /**
   * With `'always'` it takes its first step even if it is cancelled before that; `Cancelled` is then thrown at its first
   * suspension. For a task that was given something to close. By default it does not start then. (Kotlin: `ATOMIC`.)
   */
  readonly start?: 'always' | undefined;
}

/** The event of `spawn()`. */
export class Spawn<out T = unknown> extends ImmediateEvent<Task<T>> {
  override get kind() {
    return 'spawn' as const;
  }

  /** @internal */
  readonly caller: string;
  /** What the new task runs. */
  readonly body: Program<T, LoopEvent>;
  /** The name from the options, or that of the function; undefined if there is neither. */
  readonly name: string | undefined;
  /** @internal */
  readonly hints: SchedulingHints | undefined;
  /** @internal */
  readonly flags: number;

  /** @throws InvalidArgumentError for wrong options */
  constructor(body: Program<T, LoopEvent>, options: SpawnOptions = NO_OPTIONS, caller = 'spawn') {
    super();
    if (options !== NO_OPTIONS) checkOptions(options);
    this.caller = caller;
    this.body = body;
    this.name = options.name ?? programName(body);
    this.hints = options === NO_OPTIONS ? undefined : hintsOf(options);
    this.flags = (options.daemon ? DAEMON : 0) | (options.start === 'always' ? STARTS_ALWAYS : 0);
  }

  override attempt(task: Task | undefined): Answer<Task<T>> | undefined {
    return task && { done: true, value: task.host.spawn(this, task) };
  }
}

const NO_OPTIONS: SpawnOptions = {};

/**
 * Starts a child of `parent`, which must not have ended, also from host code. In a coroutine write `yield* spawn(program)`, so
 * that the compiler checks for handlers. Combinators, which spawn many, save the event.
 *
 * @param caller the function that was called, for errors
 * @throws NotACoroutineError, CoroutineReusedError; InvalidArgumentError for wrong options
 * @example const task = spawnIn(yield* currentTask(), program, 'firstOf');
 */
export function spawnIn<T>(
  parent: Task,
  program: Program<T, LoopEvent>,
  caller: string,
  options?: SpawnOptions,
): Task<T> {
  if (options !== undefined) return parent.host.spawn(new Spawn(program, options, caller), parent);
  return parent.host.spawn({ body: program, caller, name: programName(program), flags: 0 }, parent);
}

function checkOptions(options: SpawnOptions): void {
  const { name, start } = checkArgument('spawn', options, 'object', 'an object of options, like { name }');
  if (start !== undefined && start !== 'always') {
    const fault = `spawn got ${describe(start)} for \`start\`, expected 'always' or nothing.`;
    throw new InvalidArgumentError('ESC_INVALID_OPTIONS', fault);
  }
  if (name !== undefined) checkArgument('spawn for `name`', name, 'string', 'a string');
}

/** A copy, because the policy may look at it at any time. */
function hintsOf({ priority, deadline, weight }: SpawnOptions): SchedulingHints | undefined {
  if (priority === undefined && deadline === undefined && weight === undefined) return undefined;
  if (priority !== undefined)
    checkNumber('spawn', 'priority', priority, priority => !Number.isNaN(priority), 'a number');
  if (deadline !== undefined)
    checkNumber('spawn', 'deadline', deadline, deadline => !Number.isNaN(deadline), 'an instant');
  if (weight !== undefined)
    checkNumber('spawn', 'weight', weight, weight => weight > 0 && weight < Infinity, 'a number above 0');
  return { priority, deadline, weight };
}

/**
 * `yield* spawn(program)` starts a child of the current task and evaluates to its `Task`. The child takes its first step
 * after the current one has ended. Its events count as events of the parent, so that the compiler checks their handlers.
 *
 * @throws NotACoroutineError, CoroutineReusedError at the `yield*`
 * @example
 * const download = yield* spawn(fetchPage(url), { name: 'download' });
 * const page = yield* download.join();
 */
export function spawn<T, E extends LoopEvent>(
  body: Program<T, E>,
  options?: SpawnOptions,
): Yieldable<Task<T>, E | Spawn> {
  // The iterator yields only the Spawn; E stands for what the child will yield.
  return new Spawn(body, options) as Yieldable<Task<T>, Spawn>;
}
