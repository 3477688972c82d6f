import { combineErrors } from '../errors/combine-errors.js';
import { INSPECT, shownName } from '../errors/describe.js';
import { nextOf } from '../events/body-of.js';
import type { Sent } from '../events/coroutine.js';
import { forgetFirstStep } from '../events/event-iterator.js';
import type { Instant } from '../events/instant.js';
import type { LoopEvent } from '../events/loop-event.js';
import { CallStack } from './call-stack.js';
import { type Body, claimCoroutine, ENDED_BODY, isPlainGenerator } from './claim-coroutine.js';
import type { ContextEntry } from './context-entry.js';
import { Cancelled } from './errors.js';
import { forgetAttempt } from './immediate-event.js';
import { Join } from './join.js';
import { setRunningTask } from './running-task.js';
import { contextFor, deadlineOf } from './task-deadline.js';
import { errorsOf, TaskExtras } from './task-extras.js';
import { NO_CHILDREN, TaskFamily } from './task-family.js';
import type { TaskHost } from './task-host.js';
import { makeUpName, nameOrId } from './task-name.js';
import { promiseFor, resultIn, settleJoiner, type TaskResult, textOf } from './task-outcome.js';
import {
  CANCEL_DELIVERY,
  DAEMON,
  ENDS_CANCELLED,
  IS_GENERATOR,
  MESSAGE_IS_ERROR,
  SHIELDED,
  STARTS_ALWAYS,
  STATE,
  type TaskSpec,
} from './task-spec.js';
import {
  CANCELLED,
  FAILED,
  FINISHING,
  READY,
  type ReadyCause,
  RUNNING,
  SPAWNED,
  STATE_NAMES,
  SUCCEEDED,
  type TaskState,
  WAITING,
} from './task-state.js';
import { treeOf } from './task-tree.js';
import { raiseIn } from './thrown-into.js';
import type { Waiter, WaitTarget } from './waiter.js';
import { Watch, type WatchTarget } from './watch.js';

/**
 * A coroutine that the loop runs, with its children: the tasks that it spawned. It ends when its body has returned and its
 * children have ended. If a child fails, the task cancels its body and the other children, and fails with the child's
 * error. Several errors become one `AggregateError`. Made by `spawn`, or by `loop.spawn` for host code.
 */
export class Task<out T = unknown> implements WaitTarget {
  // In the order of use: a resume touches one cache line. What never exists together shares a field: a million take 8 MB.
  #flags: number; // the state and the flags of `task-spec`
  // While it is spawned or ready: the message, which the next resume sends into the body. While it waits: the waiter. Then
  // the value of the body; once the task has ended: its value, its error, or the reason of its cancellation.
  #content: unknown = undefined;
  #cancelled: Cancelled | undefined = undefined;
  /** @internal */
  readonly host: TaskHost;
  #body: Body<T>;
  /** The task that spawned it, or the task of the scope around that. Undefined for the task of a run. */
  readonly parent: Task | undefined;
  #family: TaskFamily | undefined = undefined;
  #extras: TaskExtras | undefined = undefined;
  /** @internal Undefined while it has none of its own: to make one up takes as long as a third of a spawn. */
  ownName: string | undefined;
  /** Unique in its loop, which counts tasks from 1 through all its runs. */
  readonly id: number;
  /** @internal */
  context: ContextEntry | undefined;
  /** @internal Its index among its parent's children. */
  place = 0;

  /** @internal */
  constructor(host: TaskHost, spec: TaskSpec<T>, parent: Task | undefined, id: number) {
    this.host = host;
    this.ownName = spec.name === undefined ? undefined : shownName(spec.name);
    this.id = id;
    this.parent = parent;
    this.context = contextFor(parent, spec.hints);
    this.#body = claimCoroutine(spec.body, this, spec.caller);
    this.#flags = isPlainGenerator(this.#body, spec.body) ? spec.flags | IS_GENERATOR : spec.flags;
    if (spec.hints !== undefined) this.extras.hints = spec.hints;
    if (spec.ended !== undefined) this.family.childEndListener = spec.ended;
    parent?.family.adopt(this);
  }

  /** From the options of `spawn`, or the name of its function, or made up: `task-7`. */
  get name(): string {
    return this.ownName ?? makeUpName(this);
  }

  /** What it does now. */
  get state(): TaskState {
    return STATE_NAMES[this.#flags & STATE] as TaskState;
  }

  /** Whether it and all its children have ended. Then `result` stays as it is. */
  get isEnded(): boolean {
    return (this.#flags & STATE) >= SUCCEEDED;
  }

  /** `SpawnOptions.priority`; 0 by default. */
  get priority(): number {
    return this.#extras?.hints?.priority ?? 0;
  }

  /** `SpawnOptions.weight`; undefined by default. */
  get weight(): number | undefined {
    return this.#extras?.hints?.weight;
  }

  /** `SpawnOptions.deadline` of the task or of the nearest above, or the end of the nearest `timeout`; else `Infinity`. */
  get deadline(): Instant {
    return deadlineOf(this);
  }

  /** The event that the task waits for; undefined if it does not wait. */
  get waitsFor(): LoopEvent | undefined {
    return this.waiter?.event;
  }

  /** How it ended, or that it has not. Never throws, unlike a join. */
  get result(): TaskResult<T> {
    return resultIn(this.#flags & STATE, this.#content);
  }

  /** Whether it was spawned as a daemon: nobody waits for its end, and it is cancelled when the others are done. */
  get isDaemon(): boolean {
    return this.has(DAEMON);
  }

  /** True once it was cancelled; it may still be cleaning up. */
  get isCancelled(): boolean {
    return this.#cancelled !== undefined;
  }

  /** The tasks that it spawned and that have not ended, oldest first, daemons last. */
  get children(): Iterable<Task> {
    return this.#family ?? NO_CHILDREN;
  }

  /**
   * `yield* task.join()` waits until the task has ended, and evaluates to its value or throws its error; `TaskCancelledError` if it
   * was cancelled. Any number of tasks may join it, also after its end. A failure goes to the parent, too, except under `supervise`.
   */
  join(): Join<T> {
    return new Join(this);
  }

  /** `yield* task` joins it, so a task is a program: `race([download, upload])`. */
  [Symbol.iterator](): Iterator<Join<T>, T, Sent> {
    return this.join()[Symbol.iterator]();
  }

  /**
   * Ends the task and its children: throws `Cancelled` where each is suspended, and again at every later suspension. If a wait is
   * over already, its value is delivered first. Does nothing the second time, or after its end. Join the task to wait for its end.
   *
   * @param reason the `reason` of `Cancelled` and of the task's result
   */
  cancel(reason: unknown = 'cancel() was called'): void {
    if (this.isEnded || this.#cancelled !== undefined) return;
    // One error for the whole tree, because creating it costs more than the rest of a cancellation.
    const cancelled = Cancelled.withoutStack(nameOrId(this), reason);
    if (this.#family === undefined) this.deliverCancel(cancelled);
    else for (const task of treeOf(this, child => !child.has(SHIELDED))) task.deliverCancel(cancelled);
  }

  /**
   * Arms `event` and informs `target` when it has happened: see `Watch`. An event that need not wait informs it inside of this call.
   * In a coroutine write `yield* watch(event, target)`, so that the compiler checks for a handler.
   * @param wasAttempted whether you have just attempted the event in vain: else that is done first
   * @throws NoHandlerError
   */
  watch<R>(event: LoopEvent<R>, target: WatchTarget<R>, wasAttempted = false): Watch {
    return new Watch(this, event, target, wasAttempted);
  }

  /**
   * Runs `action` once, after the tasks that are ready now: where a task spawned now would take its first step; not if this task has
   * ended by then. What `action` throws fails the task.
   */
  defer(action: () => void): void {
    this.host.defer(this, action);
  }

  /** For host code: `await task`. In a coroutine use `yield* task.join()`. */
  // biome-ignore lint/suspicious/noThenProperty: host code awaits tasks
  then<A = T, B = never>(
    onSuccess?: ((value: T) => A | PromiseLike<A>) | null,
    onFailure?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return promiseFor(this).then(onSuccess, onFailure);
  }

  /** `task "reader" (waits for Get(queue "jobs", empty))` */
  toString(): string {
    return textOf(this);
  }

  /** @internal */
  [INSPECT](): string {
    return textOf(this);
  }

  // The rest is internal. Without `#`, because a `#method` takes 8 bytes of every task.

  /** @internal Runs the coroutine up to its next event. */
  resume(): IteratorResult<unknown, T> {
    const message = this.#content;
    const how = this.#flags & (IS_GENERATOR | MESSAGE_IS_ERROR);
    this.#content = undefined;
    this.#flags = (this.#flags & ~(STATE | MESSAGE_IS_ERROR)) | RUNNING;
    forgetFirstStep();
    forgetAttempt();
    setRunningTask(this);
    if (how === IS_GENERATOR) return nextOf(this.#body, message);
    if (how === 0) return this.#body.next(message);
    return raiseIn(this.#body, message, how !== MESSAGE_IS_ERROR);
  }

  /** @internal Sets what the next `resume` sends or throws into the body. */
  setMessage(message: unknown, isError: boolean): void {
    this.#content = message;
    this.#flags = isError ? this.#flags | MESSAGE_IS_ERROR : this.#flags & ~MESSAGE_IS_ERROR;
  }

  /** @internal */
  waitWith(waiter: Waiter<unknown>): void {
    this.enter(WAITING);
    this.#content = waiter;
  }

  private get waiter(): Waiter<unknown> | undefined {
    return (this.#flags & STATE) === WAITING ? (this.#content as Waiter<unknown>) : undefined;
  }

  private enter(state: number): void {
    this.#flags = (this.#flags & ~STATE) | state;
  }

  /** @internal The wait is over; `yield*` evaluates to `message`, or throws it. */
  settled(message: unknown, isError: boolean, cause: ReadyCause): void {
    this.enter(READY);
    if (isError && this.#cancelled !== undefined && message === this.#cancelled) this.#flags += CANCEL_DELIVERY;
    this.setMessage(message, isError);
    this.host.taskReady(this, cause);
  }

  /** @internal The hot path of `pause()`. */
  paused(): void {
    this.enter(READY);
  }

  /** @internal Goes on with `body`; when that is done, the present coroutine continues. */
  call(body: Body, callee: { readonly name: string }): void {
    if (!(this.#body instanceof CallStack)) {
      this.#body = new CallStack(this.#body) as Body<T>;
      this.#flags &= ~IS_GENERATOR;
    }
    (this.#body as CallStack).push(body, callee);
  }

  /** What every suspension throws once the task was cancelled; undefined before. */
  get cancelled(): Cancelled | undefined {
    return this.#cancelled;
  }

  /** @internal How often `Cancelled` was thrown into the body. */
  get cancelDeliveries(): number {
    return Math.floor(this.#flags / CANCEL_DELIVERY);
  }

  /** @internal */
  deliverCancel(cancelled: Cancelled): void {
    if (this.#cancelled !== undefined) return;
    this.#cancelled = cancelled;
    const { waiter } = this;
    if (waiter !== undefined) {
      if (this.host.mayInterrupt(waiter) && !waiter.isSettled) this.endWait(waiter, cancelled);
    } else if ((this.#flags & (STATE | STARTS_ALWAYS)) === SPAWNED) {
      this.setMessage(cancelled, true);
      this.#flags += CANCEL_DELIVERY;
    }
    for (const error of this.#extras?.callCancelListeners(cancelled.reason) ?? []) this.fail(error);
  }

  private endWait(waiter: Waiter<unknown> | undefined, cancelled: Cancelled): void {
    waiter?.abandon();
    this.settled(cancelled, true, 'cancelled');
    if (waiter !== undefined) this.host.disarm(waiter);
  }

  /** @internal Its run breaks off: cancels it, and ends even a wait that must not be interrupted. */
  breakOff(reason: unknown): void {
    this.cancel(reason);
    const state = this.#flags & STATE;
    if (state === WAITING || state === RUNNING) this.endWait(this.waiter, this.#cancelled!);
  }

  /** @internal Cancels the task; it fails with `error` once its body and its children have ended. */
  fail(error: unknown): void {
    this.extras.addError(error);
    this.cancel(error);
  }

  /** @internal */
  bodyReturned(value: T): void {
    this.#content = value;
    this.bodyEnded();
  }

  /** @internal */
  bodyThrew(error: unknown): void {
    if (this.#cancelled !== undefined && error === this.#cancelled) this.#flags |= ENDS_CANCELLED;
    else if (!this.extras.isRethrown(error)) this.fail(error);
    this.bodyEnded();
  }

  // Continues with the parent if this was the last that it waited for. Not recursive: see `treeOf`.
  private bodyEnded(): void {
    this.enter(FINISHING);
    this.#body = ENDED_BODY;
    for (let task: Task | undefined = this; task?.hasNothingLeft(); task = task.parent) {
      task.end();
      task.parent?.childEnded(task);
    }
  }

  /** The children end first, then the daemons, which are cancelled, then the clean-ups of `ensure`. */
  private hasNothingLeft(): boolean {
    if ((this.#flags & STATE) !== FINISHING) return false;
    if (this.#family !== undefined && !this.#family.dismissDaemons()) return false;
    const cleanup = this.#extras?.cleanups?.pop();
    if (cleanup !== undefined) this.host.spawn({ body: cleanup, caller: 'ensure', flags: SHIELDED }, this);
    return cleanup === undefined;
  }

  private end(): void {
    const errors = errorsOf(this.#extras, this.#family);
    if (errors !== undefined) {
      this.#content = combineErrors(errors, `task "${this.name}" failed`);
      this.enter(FAILED);
    } else if (this.has(ENDS_CANCELLED)) {
      this.#content = this.#cancelled!.reason;
      this.enter(CANCELLED);
    } else this.enter(SUCCEEDED);
    this.#extras?.reportEnd(this);
    this.host.taskEnded(this);
  }

  /** @internal */
  addJoiner(waiter: Waiter<unknown>): void {
    if (this.isEnded) settleJoiner(this, waiter);
    else this.extras.addJoiner(waiter);
  }

  /** @internal */
  childEnded(child: Task): void {
    // A task whose body has returned counts as cancelled only if the cancellation reached one of its children.
    const isOnlyWaiting = (this.#flags & STATE) === FINISHING && this.isCancelled;
    if (isOnlyWaiting && (child.#flags & STATE) === CANCELLED && !child.isDaemon) this.#flags |= ENDS_CANCELLED;
    this.#family?.childEnded(child);
  }

  /** @internal Whether its next step is due, in the loop of `host`. */
  isReadyIn(host: TaskHost): boolean {
    return (this.#flags & STATE) <= READY && this.host === host;
  }

  /** @internal */
  has(flag: number): boolean {
    return (this.#flags & flag) !== 0;
  }

  /** @internal */
  get family(): TaskFamily {
    this.#family ??= new TaskFamily(this);
    return this.#family;
  }

  /** @internal */
  get extras(): TaskExtras {
    this.#extras ??= new TaskExtras();
    return this.#extras;
  }

  /** @internal */
  get task(): this {
    return this;
  }
}
