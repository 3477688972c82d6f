import {
  type CoreEvent,
  type Coroutine,
  checkArgument,
  checkProgram,
  EscapementError,
  type Handled,
  hasSpawned,
  isScope,
  type LoopEvent,
  type ProgramOf,
  programName,
  type SpawnOptions,
  spawnIn,
  type Task,
  TaskCancelledError,
  type Yieldable,
} from '@escapement/core';
import { Completions } from './completions.js';
import { Handshake, type MustStart, type StartedValue, starting } from './started.js';

/** A task was to be spawned into a group that has ended. */
export class GroupEndedError extends EscapementError {
  static override readonly name = 'GroupEndedError';
  override readonly code = 'ESC_GROUP_ENDED';

  /** @internal */
  constructor(caller: string, groupName: string) {
    super(
      `${caller} was called on the group of task "${groupName}", which has ended. Spawn while the body of the group, or one of its tasks, runs.`,
    );
  }
}

/** As for `spawn`. Its `start` has no meaning here: a program that was started is told of a cancellation like any other. */
export type StartOptions = Omit<SpawnOptions, 'start'>;

/** `unknown` if the type of a group names all events of a program; else a property whose name is in the compiler's error. */
export type MustName<F, E> = [F] extends [E | CoreEvent]
  ? Handled<F, E>
  : { readonly 'the type of this group, TaskGroup<...>, must name': Exclude<F, E | CoreEvent> };

/**
 * A group of tasks that end together, as a value: hand it to whoever shall spawn into it. Its tasks are siblings, whoever
 * spawned them, so a task that spawns its successor into the group and ends is gone. Made by `group`.
 *
 * @typeParam E the events that its tasks may yield: write `tasks: TaskGroup<TimeEvent>`. Its `group` then yields them, too, so
 * that the compiler checks for handlers. Without it, tasks may yield the events of core only.
 */
export class TaskGroup<in E extends LoopEvent = never> {
  readonly #task: Task;
  #completions: Completions | undefined;
  #reason: unknown;
  #isCancelled = false;

  /** @internal @param task the task of the group's scope, whose children are the tasks of the group */
  constructor(task: Task) {
    this.#task = task;
  }

  /** Whether its body and all its tasks have ended. */
  get isEnded(): boolean {
    return this.#task.isEnded;
  }

  /** Whether `cancel` was called. */
  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** The tasks that have not ended, oldest first, daemons last. */
  get tasks(): Iterable<Task> {
    return spawnedBy(this.#task);
  }

  /**
   * Starts a task of the group, from a coroutine or from host code; a failure of it cancels the group. In a group that was cancelled
   * it does not take a step, except with `start: 'always'`.
   *
   * @throws GroupEndedError, NotACoroutineError, CoroutineReusedError; InvalidArgumentError for wrong options
   * @example yield* group(function* (tasks: TaskGroup<TimeEvent>) { for (const url of urls) tasks.spawn(fetchPage(url)); });
   */
  spawn<T, F extends LoopEvent>(program: ProgramOf<MustName<F, E> & Yieldable<T, F>>, options?: SpawnOptions): Task<T> {
    if (this.isEnded) throw new GroupEndedError('spawn', this.#task.name);
    return spawnIn(this.#task, program, 'spawn', options);
  }

  /**
   * `yield* tasks.start(program)` starts a task of the group, and waits until it says that it is ready: `yield* started(value)` in
   * it. Evaluates to that value. If the program fails before, its error is thrown here, and the group goes on; later its failure
   * is the group's. If the caller is cancelled before, so is the program.
   *
   * @throws NotStartedError if the program ends before it is ready, besides its own errors and those of `spawn`, all at the `yield*`
   * @example const port = yield* tasks.start(server);
   */
  *start<T, F extends LoopEvent>(
    program: ProgramOf<MustStart<F> & Yieldable<T, F>>,
    options: StartOptions = {},
  ): Coroutine<StartedValue<F>, F | Handshake> {
    checkProgram('start', program);
    checkArgument('start', options, 'object', 'an object of options, like { name }');
    const handshake = new Handshake();
    const name = programName(program);
    const spawned = { ...(name === undefined ? {} : { name }), ...options, start: 'always' as const };
    if (this.isEnded) throw new GroupEndedError('start', this.#task.name);
    handshake.task = spawnIn(this.#task, starting(handshake, program), 'start', spawned);
    return (yield* handshake) as StartedValue<F>;
  }

  /**
   * Cancels the body and the tasks, quietly: `group` waits for their end and then evaluates to the body's value, or to `undefined`
   * if the body had not ended. Does nothing the second time, or when the group has ended.
   *
   * @param reason what the tasks get as the reason of their cancellation
   */
  cancel(reason: unknown = 'the group was cancelled'): void {
    if (this.isEnded || this.#isCancelled) return;
    this.#isCancelled = true;
    this.#reason = reason;
    this.#task.cancel(reason);
  }

  /** The tasks that end from the first call on, in the order of their ends, until none but daemons is left. Each call returns the same object. */
  completed(): Completions {
    this.#completions ??= new Completions(() => hasSpawned(this.#task));
    return this.#completions;
  }

  /** @internal */
  ended(task: Task): void {
    this.#completions?.add(task);
  }

  /** @internal Whether `error`, which its scope throws, says only that `cancel` was called. */
  isQuiet(error: unknown): boolean {
    const { result } = this.#task;
    const isOwn = this.#isCancelled && result.state === 'cancelled' && result.reason === this.#reason;
    return isOwn && error instanceof TaskCancelledError;
  }
}

/** Without the tasks of scopes. */
function* spawnedBy(parent: Task): Generator<Task, void, undefined> {
  for (const child of parent.children) if (!isScope(child)) yield child;
}
