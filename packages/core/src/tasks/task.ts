import { combineErrors } from '../errors/combine-errors.js';
import type { Sent } from '../events/coroutine.js';
import { forgetFirstStep } from '../events/event-iterator.js';
import type { LoopEvent } from '../events/loop-event.js';
import { CallStack } from './call-stack.js';
import { type Body, claimCoroutine } from './claim-coroutine.js';
import type { ContextEntry } from './context-entry.js';
import { Cancelled } from './errors.js';
import { forgetAttempt } from './immediate-event.js';
import { Join } from './join.js';
import type { ReadyCause } from './ready-cause.js';
import { setRunningTask } from './running-task.js';
import { appended, TaskExtras } from './task-extras.js';
import { failureOf } from './task-failure.js';
import { TaskFamily } from './task-family.js';
import type { TaskHost } from './task-host.js';
import { promiseFor } from './task-promise.js';
import { ABANDONED, DAEMON, FLAGS_END, SHIELDED, type TaskSpec } from './task-spec.js';
import {
  CANCELLED,
  FAILED,
  FINISHING,
  PENDING,
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
import type { Waiter, WaitTarget } from './waiter.js';
import { Watch, type WatchTarget } from './watch.js';

const OVER: Generator<never, never, unknown> = (function* () {})() as Generator<never, never, unknown>;

/**
 * A coroutine that the loop runs, with its children: the tasks that it spawned. It is done when its body has returned
 * and its children are done. When a child fails, the body and the other children are cancelled and the task fails with
 * the child's error; several errors become one `AggregateError`.
 */
export class Task<out T = unknown> implements WaitTarget {
  // In the order of use: what a resume touches shares a cache line.
  #state = SPAWNED;
  // The mailbox: what the next resume starts with.
  #message: unknown = undefined;
  #messageIsError = false;
  #waiter: Waiter<unknown> | undefined = undefined;
  #cancelled: Cancelled | undefined = undefined;
  #cancelDeliveries = 0;
  /** @internal */
  readonly host: TaskHost;
  #body: Body<T>;
  readonly parent: Task | undefined;
  #family: TaskFamily | undefined = undefined;
  #extras: TaskExtras | undefined = undefined;
  // How the body ended; once the task has ended, how that did.
  #outcome: TaskResult<T> = PENDING;
  readonly #name: string | undefined;
  // Both in one number: a field more would cost each task eight bytes.
  #idAndFlags: number;
  /** @internal The task-locals, inherited from the parent. */
  context: ContextEntry | undefined;
  /** @internal Where it stands among its parent's children. */
  place = 0;

  /** @internal */
  constructor(host: TaskHost, spec: TaskSpec<T>, parent: Task | undefined, id: number) {
    this.host = host;
    this.#name = spec.name;
    this.#idAndFlags = id * FLAGS_END + spec.flags;
    this.parent = parent;
    this.context = parent?.context;
    this.#body = claimCoroutine(spec.body, this, spec.caller);
    if (spec.priority !== undefined) this.extras.priority = spec.priority;
    if (spec.ended !== undefined) this.family.childEndListener = spec.ended;
    parent?.family.adopt(this);
  }

  get name(): string {
    return this.#name ?? `task-${this.id}`;
  }

  /** Tells it apart from all other tasks of its loop, which counts them from 1, through all its runs. */
  get id(): number {
    return Math.floor(this.#idAndFlags / FLAGS_END);
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
    return this.isEnded ? this.#outcome : PENDING;
  }

  get isDaemon(): boolean {
    return this.has(DAEMON);
  }

  /** Whether it was cancelled: it may still be cleaning up. */
  get isCancelled(): boolean {
    return this.#cancelled !== undefined;
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
    // One error for the whole tree: making one costs more than all the rest of a cancellation.
    const cancelled = Cancelled.withoutStack(this.name, reason);
    if (this.#family === undefined) this.deliverCancel(cancelled);
    else for (const task of treeOf(this, child => !child.has(SHIELDED))) task.deliverCancel(cancelled);
  }

  /**
   * Waits for `event` beside what the task does: see `Watch`. The event is armed now; one that is there at once informs `target`
   * inside of this call. In a coroutine write `yield* watch(event, target)`, which the compiler checks for handlers.
   *
   * @throws NoHandlerError
   */
  watch<R>(event: LoopEvent<R>, target: WatchTarget<R>): Watch {
    return new Watch(this, event, target);
  }

  /**
   * Runs `action`, once, when the tasks that are ready now have had their turn: where the first step of a task would be that is
   * spawned now. Not if the task has ended by then. What `action` throws fails the task.
   */
  defer(action: () => void): void {
    this.host.defer(this, action);
  }

  /**
   * For host code: `await task`. In a coroutine use `yield* task.join()`.
   * A promise that resolves or rejects with a task goes on to the task's own value or error.
   */
  // biome-ignore lint/suspicious/noThenProperty: to be awaited is what it is for
  then<A = T, B = never>(
    onSuccess?: ((value: T) => A | PromiseLike<A>) | null,
    onFailure?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return promiseFor(this).then(onSuccess, onFailure);
  }

  // From here on internal. Not with `#`: a `#method` takes 8 bytes of every task.

  /** @internal Runs the coroutine up to its next event. */
  resume(): IteratorResult<unknown, T> {
    const message = this.#message;
    this.#message = undefined;
    this.#state = RUNNING;
    forgetFirstStep();
    forgetAttempt();
    setRunningTask(this);
    if (!this.#messageIsError) return this.#body.next(message);
    this.#messageIsError = false;
    return this.#body.throw(message);
  }

  /** @internal What the next `resume` starts with. */
  hand(message: unknown, isError: boolean): void {
    this.#message = message;
    this.#messageIsError = isError;
  }

  /** @internal */
  waitWith(waiter: Waiter<unknown>): void {
    this.#state = WAITING;
    this.#waiter = waiter;
  }

  /** @internal The wait is over: `message` is what `yield*` evaluates to, or throws. */
  settled(message: unknown, isError: boolean, cause: ReadyCause): void {
    this.#waiter = undefined;
    this.#state = READY;
    if (isError && this.#cancelled !== undefined && message === this.#cancelled) this.#cancelDeliveries++;
    this.hand(message, isError);
    this.host.taskReady(this, cause);
  }

  /** @internal Ready without a message: the hot path of `pause()`. */
  paused(): void {
    this.#state = READY;
  }

  /** @internal Goes on with `body`, and comes back to the present coroutine when that is done. */
  call(body: Body, callee: string): void {
    const stack = this.#body instanceof CallStack ? this.#body : new CallStack(this.#body);
    stack.push(body, callee);
    this.#body = stack as Body<T>;
  }

  /** @internal Once cancelled, every suspension throws this. */
  get cancelled(): Cancelled | undefined {
    return this.#cancelled;
  }

  /** @internal How often `Cancelled` was thrown into it. */
  get cancelDeliveries(): number {
    return this.#cancelDeliveries;
  }

  /** @internal */
  deliverCancel(cancelled: Cancelled): void {
    if (this.#cancelled !== undefined) return;
    this.#cancelled = cancelled;
    if (this.#state === SPAWNED) {
      this.hand(cancelled, true);
      this.#cancelDeliveries++;
    } else if (this.#state === WAITING) {
      this.interrupt(this.#waiter!, cancelled);
    }
    for (const error of this.#extras?.callCancelListeners(cancelled.reason) ?? []) this.fail(error);
  }

  private interrupt(waiter: Waiter<unknown>, cancelled: Cancelled): void {
    if (!this.host.mayInterrupt(waiter) || waiter.isSettled) return;
    waiter.abandon();
    this.settled(cancelled, true, 'cancelled');
    this.host.disarm(waiter);
  }

  /** @internal One of the errors that the task fails with, once all in it has ended. */
  fail(error: unknown): void {
    const { extras } = this;
    // A child's error that the body rethrows is one error, not two.
    if (!extras.errors?.includes(error)) extras.errors = appended(extras.errors, error);
    this.cancel(error);
  }

  /** @internal */
  bodyReturned(value: T): void {
    this.#outcome = { state: 'succeeded', value };
    this.bodyEnded();
  }

  /** @internal */
  bodyThrew(error: unknown): void {
    const cancelled = this.#cancelled;
    if (cancelled !== undefined && error === cancelled)
      this.#outcome = { state: 'cancelled', reason: cancelled.reason };
    else this.fail(error);
    this.bodyEnded();
  }

  // Up the tree, as far as this end is also the end of the parent. A loop instead of recursion: see `treeOf`.
  private bodyEnded(): void {
    this.#state = FINISHING;
    // Whoever keeps the task for its result shall not keep all that its body held.
    this.#body = OVER;
    let task: Task | undefined = this;
    while (task !== undefined && task.#state === FINISHING && task.hasNothingLeft()) {
      task.end();
      task.parent?.childEnded(task);
      task = task.parent;
    }
  }

  /** First the children end, then the daemons are cancelled, then what was ensured runs. */
  private hasNothingLeft(): boolean {
    if (this.#family !== undefined && !this.#family.isEmpty) {
      this.#family.dismissDaemons();
      return false;
    }
    const cleanup = this.#extras?.cleanups?.pop();
    if (cleanup === undefined) return true;
    const name = `cleanup of ${this.name}`;
    this.host.spawn({ body: cleanup, caller: 'ensure', name, flags: SHIELDED }, this);
    return false;
  }

  private end(): void {
    const errors = this.errors();
    if (errors !== undefined) {
      this.#outcome = { state: 'failed', error: combineErrors(errors, `task "${this.name}" failed`) };
      this.#state = FAILED;
    } else {
      this.#state = this.#outcome.state === 'cancelled' ? CANCELLED : SUCCEEDED;
    }
    if (this.#extras !== undefined) this.reportEnd(this.#extras);
    this.host.taskEnded(this);
  }

  private errors(): readonly unknown[] | undefined {
    const own = this.#extras?.errors;
    const unobserved = this.#family?.unobservedErrors();
    return unobserved === undefined ? own : [...(own ?? []), ...unobserved];
  }

  private reportEnd(extras: TaskExtras): void {
    for (const waiter of extras.takeJoiners()) this.settleJoiner(waiter);
    for (const listener of extras.endListeners ?? []) listener();
    extras.endListeners = extras.cancelListeners = undefined;
  }

  /** @internal */
  addJoiner(waiter: Waiter<unknown>): void {
    if (this.isEnded) this.settleJoiner(waiter);
    else this.extras.addJoiner(waiter);
  }

  private settleJoiner(waiter: Waiter<unknown>): void {
    if (this.#outcome.state === 'succeeded') {
      waiter.resolve(this.#outcome.value);
      return;
    }
    this.extras.isObserved = true;
    // A joiner that is cancelled and still waits is the caller of a scope, and the two were cancelled together, as a rule.
    waiter.reject((this.#state === CANCELLED && waiter.cancelled) || failureOf(this));
  }

  /** @internal */
  childEnded(child: Task): void {
    // A task that is cancelled while it waits for its children is so if one of them was: the others came in time.
    const isOnlyWaiting = this.#state === FINISHING && this.#cancelled !== undefined;
    if (isOnlyWaiting && child.#state === CANCELLED && !child.isDaemon) {
      this.#outcome = { state: 'cancelled', reason: this.#cancelled!.reason };
    }
    this.#family?.childEnded(child);
  }

  /** @internal Its run crashed: whatever settles its wait later must find nobody. */
  abandon(): void {
    this.#waiter?.abandon();
    if (!this.has(ABANDONED)) this.#idAndFlags += ABANDONED;
  }

  /** @internal False once it or its run has ended. */
  get isLive(): boolean {
    return !this.isEnded && !this.has(ABANDONED);
  }

  /** @internal */
  has(flag: number): boolean {
    return (this.#idAndFlags & flag) !== 0;
  }

  /** @internal */
  get family(): TaskFamily {
    this.#family ??= new TaskFamily(this);
    return this.#family;
  }

  /** @internal What only a few tasks have, made when it is needed. */
  get extras(): TaskExtras {
    this.#extras ??= new TaskExtras();
    return this.#extras;
  }

  /** @internal */
  get task(): this {
    return this;
  }

  /** @internal Of a task that has failed: whether it was reported to anybody. */
  get isObserved(): boolean {
    return this.#extras?.isObserved ?? false;
  }
}
