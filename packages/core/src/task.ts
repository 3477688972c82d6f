import { claimCoroutine } from './claim-coroutine.js';
import type { Yieldable } from './coroutine.js';
import { describe } from './describe.js';
import { Cancelled, TaskCancelledError } from './errors.js';
import { forgetFirstStep } from './event-iterator.js';
import { Join } from './join.js';
import type { LoopEvent } from './loop-event.js';
import { TaskList } from './task-list.js';
import type { Waiter } from './waiter.js';

/** Small integers: storing one costs less than storing a string, and it is stored several times a step. */
const SPAWNED = 0;
const READY = 1;
const RUNNING = 2;
const WAITING = 3;
const FINISHING = 4;
const SUCCEEDED = 5;
const FAILED = 6;
const CANCELLED = 7;

const STATE_NAMES = [
  /** Created, its first step is due. */
  'spawned',
  /** Its wait is over, its next step is due. */
  'ready',
  'running',
  /** Suspended on an event. */
  'waiting',
  /** Its body is done, some of its children are not. */
  'finishing',
  'succeeded',
  'failed',
  'cancelled',
] as const;

export type TaskState = (typeof STATE_NAMES)[number];

const OVER: Generator<never, never, unknown> = (function* () {})() as Generator<never, never, unknown>;

export type TaskResult<T> =
  | { readonly state: 'pending' }
  | { readonly state: 'succeeded'; readonly value: T }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'cancelled'; readonly reason: unknown };

/** @internal What a task needs of the loop that runs it. */
export interface TaskHost {
  taskReady(task: Task): void;
  waitAbandoned(waiter: Waiter<unknown>): void;
  taskEnded(task: Task): void;
}

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
  readonly #host: TaskHost;
  #coroutine: Generator<unknown, T, unknown>;
  readonly parent: Task | undefined;
  #children: TaskList<Task> | undefined = undefined;
  #errors: unknown[] | undefined = undefined;
  #joiners: Waiter<unknown>[] | undefined = undefined;
  readonly #label: string | number;
  /** @internal */
  place = 0;

  /** @internal @param label a name, or the number of the task. */
  constructor(host: TaskHost, label: string | number, body: Yieldable<T, LoopEvent>, parent: Task | undefined) {
    this.#host = host;
    this.#label = label;
    this.parent = parent;
    this.#coroutine = claimCoroutine(body, this, parent === undefined ? 'run' : 'spawn');
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

  /** @internal */
  get hasSucceeded(): boolean {
    return this.#state === SUCCEEDED;
  }

  /** @internal Of a task that has succeeded. */
  get value(): T {
    return this.#inbox as T;
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

  /** The tasks that this one spawned and that have not ended, oldest first. */
  get children(): Iterable<Task> {
    return this.#children ?? [];
  }

  /**
   * `yield* task.join()` waits until the task is done and evaluates to its value, or throws its error;
   * `TaskCancelledError` if it was cancelled. Any number of tasks may join, also after the end.
   */
  join(): Join<T> {
    return new Join(this);
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
    this.#cancelTree(new Cancelled(this.name, reason));
  }

  /** @internal Runs the coroutine up to its next event. */
  resume(): IteratorResult<unknown, T> {
    const inbox = this.#inbox;
    this.#inbox = undefined;
    this.#state = RUNNING;
    forgetFirstStep();
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

  /** @internal Once cancelled, every suspension throws this. */
  get cancelled(): Cancelled | undefined {
    return this.#cancelled;
  }

  /** @internal */
  bodyReturned(value: T): void {
    this.#inbox = value;
    this.#bodyEnded();
  }

  /** @internal */
  bodyThrew(error: unknown): void {
    if (error === this.#cancelled) {
      this.hand(this.#cancelled?.reason, true);
    } else {
      this.#addError(error);
    }
    this.#bodyEnded();
  }

  /** @internal */
  addJoiner(waiter: Waiter<unknown>): void {
    if (this.isEnded) this.#tell(waiter);
    else if (this.#joiners === undefined) this.#joiners = [waiter];
    else this.#joiners.push(waiter);
  }

  /** @internal */
  removeJoiner(waiter: Waiter<unknown>): void {
    this.#joiners = this.#joiners?.filter(joiner => joiner !== waiter);
  }

  /** @internal The run is over: whatever settles a wait of this task or its children later must find nobody. */
  abandon(): void {
    for (const task of this.tree()) task.#waiter?.abandon();
  }

  /** @internal This task and all below it that have not ended, each after its parent. */
  *tree(): Generator<Task, void, undefined> {
    // A list instead of recursion: a chain of tasks may be deeper than the stack.
    const tasks: Task[] = [this];
    for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
      if (task.isEnded) continue;
      for (const child of [...task.children].reverse()) tasks.push(child);
      yield task;
    }
  }

  #adopt(child: Task): void {
    this.#children ??= new TaskList();
    this.#children.add(child);
    if (this.#cancelled !== undefined) child.#deliverCancel(this.#cancelled);
  }

  /** @internal */
  childEnded(child: Task): void {
    this.#children?.remove(child);
    if (child.#state === FAILED) this.#addError(child.#inbox);
  }

  // One error for all of them: making one costs more than all the rest of a cancellation.
  #cancelTree(cancelled: Cancelled): void {
    for (const task of this.tree()) {
      if (task.#cancelled === undefined) task.#deliverCancel(cancelled);
    }
  }

  #deliverCancel(cancelled: Cancelled): void {
    this.#cancelled = cancelled;
    if (this.#state === SPAWNED) {
      this.hand(this.#cancelled, true);
    } else if (this.#state === WAITING) {
      const waiter = this.#waiter!;
      waiter.abandon();
      this.wake(this.#cancelled, true);
      this.#host.waitAbandoned(waiter);
    }
  }

  #addError(error: unknown): void {
    this.#errors ??= [];
    // A child's error that the body rethrows is one error, not two.
    if (!this.#errors.includes(error)) this.#errors.push(error);
    this.cancel(error);
  }

  // Up the tree, as far as this end is also the end of the parent. A loop instead of recursion: see `cancel`.
  #bodyEnded(): void {
    this.#state = FINISHING;
    // Whoever keeps the task for its result shall not keep all that its body held.
    this.#coroutine = OVER;
    let task: Task | undefined = this;
    while (task !== undefined && task.#state === FINISHING && task.#hasNoChildren()) {
      task.#end();
      task.parent?.childEnded(task);
      task = task.parent;
    }
  }

  #hasNoChildren(): boolean {
    return this.#children === undefined || this.#children.isEmpty;
  }

  #end(): void {
    if (this.#errors !== undefined) {
      this.#inbox = this.#errors.length === 1 ? this.#errors[0] : this.#aggregate(this.#errors);
      this.#state = FAILED;
    } else {
      this.#state = this.#inboxIsError ? CANCELLED : SUCCEEDED;
    }
    const joiners = this.#joiners;
    this.#joiners = undefined;
    if (joiners !== undefined) for (const waiter of joiners) this.#tell(waiter);
    this.#host.taskEnded(this);
  }

  #tell(waiter: Waiter<unknown>): void {
    if (this.#state === SUCCEEDED) waiter.resolve(this.#inbox);
    else if (this.#state === FAILED) waiter.reject(this.#inbox);
    else waiter.reject(new TaskCancelledError(this.name, this.#inbox));
  }

  #aggregate(errors: readonly unknown[]): AggregateError {
    const list = errors.map(error => describe(error)).join('; ');
    return new AggregateError(errors, `task "${this.name}" failed with ${errors.length} errors: ${list}`);
  }
}
