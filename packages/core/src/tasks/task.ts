import { combineErrors } from '../errors/combine-errors.js';
import type { Sent } from '../events/coroutine.js';
import { forgetFirstStep } from '../events/event-iterator.js';
import type { LoopEvent } from '../events/loop-event.js';
import type { ContextEntry } from '../primitives/context.js';
import { Join } from '../primitives/join.js';
import { Scope } from '../primitives/scope.js';
import { type Body, claimCoroutine } from './claim-coroutine.js';
import { Cancelled, TaskCancelledError } from './errors.js';
import { setRunningTask } from './running-task.js';
import { appended, TaskExtras } from './task-extras.js';
import { TaskFamily } from './task-family.js';
import type { TaskHost } from './task-host.js';
import { promiseFor } from './task-promise.js';
import { DAEMON, ISOLATED, SHIELDED, SUPERVISOR, type TaskSpec } from './task-spec.js';
import {
  CANCELLED,
  FAILED,
  FINISHING,
  READY,
  RUNNING,
  SPAWNED,
  STATE_NAMES,
  SUCCEEDED,
  type TaskResult,
  type TaskState,
  WAITING,
} from './task-state.js';
import { treeOf } from './task-tree.js';
import type { Waiter } from './waiter.js';

const OVER: Generator<never, never, unknown> = (function* () {})() as Generator<never, never, unknown>;

/**
 * A coroutine that the loop runs, with its children: the tasks that it spawned. It is done when its body has returned
 * and its children are done. When a child fails, the body and the other children are cancelled and the task fails with
 * the child's error; several errors become one `AggregateError`.
 */
export class Task<out T = unknown> {
  // In the order of use: what a resume touches shares a cache line.
  #state = SPAWNED;
  // What to resume the coroutine with while it runs; afterwards what it returned or, if an error, how it ended.
  #inbox: unknown = undefined;
  #inboxIsError = false;
  #waiter: Waiter<unknown> | undefined = undefined;
  #cancelled: Cancelled | undefined = undefined;
  #cancelDeliveries = 0;
  readonly #host: TaskHost;
  #coroutine: Body<T>;
  readonly parent: Task | undefined;
  #family: TaskFamily | undefined = undefined;
  #extras: TaskExtras | undefined = undefined;
  readonly #label: string | number;
  readonly #flags: number;
  /** @internal The task-locals, inherited from the parent. */
  context: ContextEntry | undefined;
  /** @internal Where it stands among its parent's children. */
  place = 0;

  /** @internal @param number names the task if the spec does not */
  constructor(host: TaskHost, spec: TaskSpec<T>, parent: Task | undefined, number: number) {
    this.#host = host;
    this.#label = spec.name ?? number;
    this.#flags = spec.flags;
    this.parent = parent;
    this.context = parent?.context;
    this.#coroutine = claimCoroutine(spec.body, this, spec.caller);
    if (spec.priority !== undefined) this.more.priority = spec.priority;
    if (spec.ended !== undefined) this.more.childEnded = spec.ended;
    if (parent !== undefined) parent.#adopt(this);
  }

  get name(): string {
    return typeof this.#label === 'string' ? this.#label : `task-${this.#label}`;
  }

  get state(): TaskState {
    return STATE_NAMES[this.#state] as TaskState;
  }

  get isEnded(): boolean {
    return this.#state >= SUCCEEDED;
  }

  /** What it was spawned with; 0 if with nothing. The policy decides what it means. */
  get priority(): number {
    return this.#extras?.priority ?? 0;
  }

  /** What the task waits for, while it does. */
  get waitsFor(): LoopEvent | undefined {
    return this.#waiter?.event;
  }

  get result(): TaskResult<T> {
    switch (this.#state) {
      case SUCCEEDED:
        return { state: 'succeeded', value: this.value };
      case FAILED:
        return { state: 'failed', error: this.#inbox };
      case CANCELLED:
        return { state: 'cancelled', reason: this.#inbox };
      default:
        return { state: 'pending' };
    }
  }

  /** The tasks that this one spawned and that have not ended, oldest first, daemons last. */
  get children(): Iterable<Task> {
    return this.#family ?? [];
  }

  /**
   * `yield* task.join()` waits until the task is done and evaluates to its value, or throws its error;
   * `TaskCancelledError` if it was cancelled. Any number of tasks may join, also after the end.
   */
  join(): Join<T> {
    return new Join(this);
  }

  /** `yield* task` is `yield* task.join()`. So a task is a program, too: `race([download, upload])`. */
  [Symbol.iterator](): Iterator<Join<T>, T, Sent> {
    return this.join()[Symbol.iterator]();
  }

  /**
   * Ends the task and its children: `Cancelled` is thrown where each is suspended, and again at every later suspension.
   * A wait that is over already is not undone: its value is delivered first. Cancelling twice, or what has ended, does
   * nothing. Returns at once; join the task to wait for the end.
   *
   * @param reason becomes the `reason` of `Cancelled` and of the task's result.
   */
  cancel(reason: unknown = 'cancel() was called'): void {
    if (this.isEnded || this.#cancelled !== undefined) return;
    const cancelled = Cancelled.withoutStack(this.name, reason);
    if (this.#family === undefined) this.#deliverCancel(cancelled);
    else this.#cancelTree(cancelled);
  }

  /**
   * For host code: `await task`. In a coroutine use `yield* task.join()`.
   *
   * A promise that resolves or rejects with a task goes on to the task's own value or error.
   */
  // biome-ignore lint/suspicious/noThenProperty: to be awaited is what it is for
  then<A = T, B = never>(
    onSuccess?: ((value: T) => A | PromiseLike<A>) | null,
    onFailure?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return promiseFor(this).then(onSuccess, onFailure);
  }

  /** @internal */
  get hasSucceeded(): boolean {
    return this.#state === SUCCEEDED;
  }

  /** @internal Of a task that has succeeded. */
  get value(): T {
    return this.#inbox as T;
  }

  /** @internal Runs the coroutine up to its next event. */
  resume(): IteratorResult<unknown, T> {
    const inbox = this.#inbox;
    this.#inbox = undefined;
    this.#state = RUNNING;
    forgetFirstStep();
    setRunningTask(this);
    if (!this.#inboxIsError) return this.#coroutine.next(inbox);
    this.#inboxIsError = false;
    return this.#coroutine.throw(inbox);
  }

  /** @internal The wait is over: `inbox` is what `yield*` evaluates to, or throws. */
  wake(inbox: unknown, isError: boolean): void {
    this.#waiter = undefined;
    this.#state = READY;
    this.hand(inbox, isError);
    this.#host.taskReady(this);
  }

  /** @internal What the next `resume` starts with. */
  hand(inbox: unknown, isError: boolean): void {
    this.#inbox = inbox;
    this.#inboxIsError = isError;
  }

  /** @internal Ready with nothing to tell: the hot path of `pause()`. */
  paused(): void {
    this.#state = READY;
  }

  /** @internal */
  waitWith(waiter: Waiter<unknown>): void {
    this.#state = WAITING;
    this.#waiter = waiter;
  }

  /** Whether it was cancelled: it may still be cleaning up. */
  get isCancelled(): boolean {
    return this.#cancelled !== undefined;
  }

  /** @internal Once cancelled, every suspension throws this. */
  get cancelled(): Cancelled | undefined {
    return this.#cancelled;
  }

  /** @internal Goes on with `coroutine`, and comes back to the present one when that is done. */
  enter(coroutine: Body, callee: string): void {
    this.more.frames = appended(this.more.frames, { coroutine: this.#coroutine, callee });
    this.#coroutine = coroutine as Body<T>;
  }

  /**
   * @internal The coroutine is done. If it was called by another, that one goes on with what it returned or threw; gives
   * back the name of the called one then.
   */
  leave(inbox: unknown, isError: boolean): string | undefined {
    const frame = this.#extras?.frames?.pop();
    if (frame === undefined) return undefined;
    this.#coroutine = frame.coroutine as Body<T>;
    this.hand(inbox, isError);
    return frame.callee;
  }

  /** @internal */
  bodyReturned(value: T): void {
    this.#inbox = value;
    this.#bodyEnded();
  }

  /** @internal */
  bodyThrew(error: unknown): void {
    if (this.#cancelled !== undefined && error === this.#cancelled) this.hand(this.#cancelled.reason, true);
    else this.#addError(error);
    this.#bodyEnded();
  }

  /** @internal */
  spawn<U>(spec: TaskSpec<U>): Task<U> {
    return this.#host.spawn(spec, this);
  }

  /** @internal `Cancelled` is thrown at the next resume. */
  throwCancelled(cancelled: Cancelled): void {
    this.#cancelDeliveries++;
    this.wake(cancelled, true);
  }

  /** @internal How often `Cancelled` was thrown into it. */
  get cancelDeliveries(): number {
    return this.#cancelDeliveries;
  }

  /** @internal Nothing of the body runs any more, not even its `finally`. */
  endByForce(error: unknown): void {
    if (this.#extras !== undefined) this.#extras.frames = undefined;
    this.bodyThrew(error);
  }

  /** @internal The run is over: whatever settles a wait of this task or its children later must find nobody. */
  abandon(): void {
    for (const task of treeOf(this)) task.#waiter?.abandon();
  }

  /** @internal What only a few tasks have, made when it is needed. */
  get more(): TaskExtras {
    this.#extras ??= new TaskExtras();
    return this.#extras;
  }

  get isDaemon(): boolean {
    return this.#has(DAEMON);
  }

  #has(flag: number): boolean {
    return (this.#flags & flag) !== 0;
  }

  #adopt(child: Task): void {
    this.#family ??= new TaskFamily();
    this.#family.add(child);
    if (this.#cancelled !== undefined && !child.#has(SHIELDED)) child.#deliverCancel(this.#cancelled);
  }

  /** @internal */
  childEnded(child: Task): void {
    this.#family?.remove(child);
    // Who is cancelled while it waits for its children is so if one of them was: the others came in time.
    const isOnlyWaiting = this.#state === FINISHING && this.#cancelled !== undefined;
    if (isOnlyWaiting && child.#state === CANCELLED && !child.isDaemon) this.hand(this.#cancelled?.reason, true);
    if (child.#has(ISOLATED)) return;
    if (this.#extras?.childEnded !== undefined && !child.#has(SHIELDED))
      this.#tellOfEnd(child, this.#extras.childEnded);
    else if (child.#state === FAILED) this.#childFailed(child);
  }

  #tellOfEnd(child: Task, listener: (child: Task) => void): void {
    if (child.#state === FAILED) child.more.isObserved = true;
    try {
      listener(child);
    } catch (error) {
      this.#addError(error);
    }
  }

  #childFailed(child: Task): void {
    if (!this.#has(SUPERVISOR)) this.#addError(child.#inbox);
    else if (!child.isObserved) this.#family?.failed.push(child);
  }

  // One error for all of them: making one costs more than all the rest of a cancellation.
  #cancelTree(cancelled: Cancelled): void {
    for (const task of treeOf(this, child => !child.#has(SHIELDED))) {
      if (task.#cancelled === undefined) task.#deliverCancel(cancelled);
    }
  }

  #deliverCancel(cancelled: Cancelled): void {
    this.#cancelled = cancelled;
    if (this.#state === SPAWNED) {
      this.hand(cancelled, true);
      this.#cancelDeliveries++;
    } else if (this.#state === WAITING && !(this.#waiter!.event instanceof Scope)) {
      const waiter = this.#waiter!;
      waiter.abandon();
      this.throwCancelled(cancelled);
      this.#host.waitAbandoned(waiter);
    }
    for (const error of this.#extras?.tellCancelListeners(cancelled.reason) ?? []) this.#addError(error);
  }

  #addError(error: unknown): void {
    const extras = this.more;
    // A child's error that the body rethrows is one error, not two.
    if (!extras.errors?.includes(error)) extras.errors = appended(extras.errors, error);
    this.cancel(error);
  }

  // Up the tree, as far as this end is also the end of the parent. A loop instead of recursion: see `treeOf`.
  #bodyEnded(): void {
    this.#state = FINISHING;
    // Whoever keeps the task for its result shall not keep all that its body held.
    this.#coroutine = OVER;
    let task: Task | undefined = this;
    while (task !== undefined && task.#state === FINISHING && task.#hasNothingLeft()) {
      task.#end();
      task.parent?.childEnded(task);
      task = task.parent;
    }
  }

  /** First the children end, then the daemons are cancelled, then what was ensured runs. */
  #hasNothingLeft(): boolean {
    if (this.#family !== undefined && !this.#family.isEmpty) {
      this.#family.dismissDaemons();
      return false;
    }
    const cleanup = this.#extras?.cleanups?.pop();
    if (cleanup === undefined) return true;
    this.spawn({ body: cleanup, caller: 'ensure', name: `cleanup of ${this.name}`, flags: SHIELDED });
    return false;
  }

  #end(): void {
    const extras = this.#extras;
    const errors = [...(extras?.errors ?? []), ...(this.#family?.unobservedErrors() ?? [])];
    if (errors.length > 0) {
      this.#inbox = combineErrors(errors, `task "${this.name}" failed`);
      this.#state = FAILED;
    } else {
      this.#state = this.#inboxIsError ? CANCELLED : SUCCEEDED;
    }
    if (extras !== undefined) {
      for (const waiter of extras.joiners ?? []) this.tell(waiter);
      for (const listener of extras.endListeners ?? []) listener();
      extras.forgetListeners();
    }
    this.#host.taskEnded(this);
  }

  /** @internal Settles a waiter of a task that has ended. */
  tell(waiter: Waiter<unknown>): void {
    if (this.#state === SUCCEEDED) {
      waiter.resolve(this.#inbox);
      return;
    }
    this.more.isObserved = true;
    // Who waits in a scope was cancelled with it, as a rule: then that is what it is told.
    const isCallers = this.#state === CANCELLED && waiter.event instanceof Scope;
    waiter.reject((isCallers && waiter.task?.cancelled) || this.failure);
  }

  /** @internal Of a task that has failed: whether anybody was told. */
  get isObserved(): boolean {
    return this.#extras?.isObserved ?? false;
  }

  /** @internal What whoever waits for it is thrown, of a task that has not succeeded. */
  get failure(): unknown {
    return this.#state === FAILED ? this.#inbox : new TaskCancelledError(this.name, this.#inbox);
  }
}
