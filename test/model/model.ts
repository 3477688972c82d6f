import { type Choice, fifo } from '../support/chosen-order.js';
import type { ModelHandshake } from './model-handshake.js';
import { MOST_NAMES, Trace } from './trace.js';

/**
 * The reference model: what the kernel promises, in the plainest terms. One array is the ready queue, one holds the
 * timers, nothing is fast. It shares no code with the packages.
 */
export class Model {
  readonly trace = new Trace();
  readonly tasks: ModelTask[] = [];
  time = 0;
  /** In the order in which they became ready. */
  readonly #ready: ModelTask[] = [];
  readonly #deferred: Deferred[] = [];
  /** How many ready tasks have been resumed. */
  #resumed = 0;
  #timers: Timer[] = [];
  /** In the present step: the trace names them after it. */
  #ended: ModelTask[] = [];

  constructor(private readonly choose: Choice = fifo) {}

  /** @throws NotComparableError */
  run(name: string, body: (task: ModelTask) => Body): void {
    const root = this.spawn(undefined, name, body);
    let deadlock: Failure | undefined;
    while (!root.isEnded) {
      this.#runReady();
      if (root.isEnded) break;
      this.#fireTimers();
      if (this.#ready.length > 0 || this.#deferred.length > 0) continue;
      if (this.#timers.length > 0) {
        this.time = Math.min(...this.#timers.map(timer => timer.at));
        continue;
      }
      // Clean-up may get stuck too, in a shield: then the cancellation reaches that as well.
      const isFirst = deadlock === undefined;
      deadlock ??= new Failure(
        `DeadlockError(${root
          .tree()
          .slice(0, MOST_NAMES)
          .map(task => task.name)})`,
      );
      for (const task of isFirst ? [root] : root.tree()) this.cancel(task, deadlock);
      if (!isFirst && this.#ready.length === 0) throw new Error('a task is left that no cancellation reaches');
    }
    this.trace.outcome(outcomeOf(root, deadlock));
  }

  spawn(parent: ModelTask | undefined, name: string, body: (task: ModelTask) => Body, traits: Traits = {}): ModelTask {
    const task = new ModelTask(name, parent, traits);
    task.code = body(task);
    this.tasks.push(task);
    parent?.children.push(task);
    this.#makeReady(task, { value: undefined });
    // Before its first step: what is spawned by a cancelled task never runs.
    if (parent?.cancelled !== undefined && !traits.isShielded) this.#deliverCancel(task, parent.cancelled);
    return task;
  }

  /** What a task is called that nobody gave a name. */
  get nextName(): string {
    return `task-${this.tasks.length + 1}`;
  }

  cancel(task: ModelTask, reason: unknown = 'cancel() was called'): void {
    if (task.isEnded || task.cancelled !== undefined) return;
    const cancelled = new Cancellation(`Cancelled(${task.name}: ${show(reason)})`, reason);
    const tree = task.tree(child => !child.traits.isShielded);
    for (const member of tree) if (member.cancelled === undefined) this.#deliverCancel(member, cancelled);
  }

  /** Runs `action` in the place of a task that is spawned now: after as many as are ready now. */
  defer(task: ModelTask, action: () => void): void {
    this.#deferred.push({ task, action, place: this.#resumed + this.#ready.length });
  }

  /** The waits. Each begins when it is called, and answers with how to give it up. */
  readonly pause: Wait = {
    begin: settle => {
      settle({ value: undefined });
      return () => {};
    },
  };

  sleepUntil(at: number): Wait {
    return {
      begin: settle => {
        const timer = { at, settle };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter(other => other !== timer);
        };
      },
    };
  }

  readonly forever: Wait = { begin: () => () => {} };

  join(task: ModelTask): Wait {
    return {
      awaited: () => task,
      begin: settle => {
        if (task.isEnded) task.tell(settle);
        else task.joiners.push(settle);
        return () => {
          task.joiners = task.joiners.filter(other => other !== settle);
        };
      },
    };
  }

  /** The first of several, each by its place. The others are given up in the same moment. */
  select(branches: readonly Wait[]): Wait {
    return {
      begin: settle => {
        const begun: (() => void)[] = [];
        let isDecided = false;
        const giveUpAll = () => {
          isDecided = true;
          for (const giveUp of begun) giveUp();
        };
        for (const [key, branch] of branches.entries()) {
          if (isDecided) break;
          const giveUp = branch.begin(how => {
            if (isDecided) return;
            giveUpAll();
            settle('error' in how ? how : { value: { key, value: how.value } });
          });
          begun.push(giveUp);
        }
        return giveUpAll;
      },
    };
  }

  /** Runs `body` in a child and waits for its end, whatever happens to the caller meanwhile. */
  scope(
    caller: ModelTask,
    kind: 'scope' | 'shield' | 'supervise',
    body: (task: ModelTask) => Body,
    ended?: (child: ModelTask) => void,
  ): Wait {
    const traits = { isIsolated: true, isShielded: kind === 'shield', isSupervisor: kind === 'supervise', ended };
    let inner: ModelTask | undefined;
    return {
      awaited: () => inner,
      isUninterruptible: true,
      // For the clean-up of a task that is cancelled already.
      isOpenToCancelled: traits.isShielded,
      begin: settle => {
        const spawned = this.spawn(caller, nameBelow(kind, caller.name), body, traits);
        inner = spawned;
        spawned.joiners.push(how => {
          // As a rule the scope was cancelled because the caller was.
          const isCancelledToo = spawned.state === 'cancelled' && caller.cancelled !== undefined;
          settle(isCancelledToo ? { error: caller.cancelled } : how);
        });
        return () => {};
      },
    };
  }

  /** Has `body` run at the end of `task`, as a child that no cancellation reaches. */
  ensure(task: ModelTask, body: (task: ModelTask) => Body): void {
    task.cleanups.push(body);
  }

  onCancel(task: ModelTask, listener: (reason: unknown) => void): void {
    if (task.cancelled !== undefined) listener(task.cancelled.reason);
    else task.cancelListeners.push(listener);
  }

  #runReady(): void {
    for (let steps = 0; this.#ready.length > 0 || this.#deferred.length > 0; steps++) {
      // How a long turn is cut into pieces is nobody's business.
      if (steps >= MOST_STEPS) throw new NotComparableError('too many steps');
      if (this.#deferred.length > 0 && this.#deferred[0]!.place <= this.#resumed) {
        const { task, action } = this.#deferred.shift()!;
        if (!task.isEnded) action();
      } else {
        const [next] = this.#ready.splice(this.choose(this.#ready.length), 1);
        this.#resumed++;
        this.#step(next!);
      }
      for (const task of this.#ended) this.trace.add(this.time, task.name, task.describeEnd());
      this.#ended = [];
    }
  }

  #fireTimers(): void {
    const due = this.#timers.filter(timer => timer.at <= this.time).sort((a, b) => a.at - b.at);
    if (due.length > MOST_TIMERS) throw new NotComparableError('too many timers');
    this.#timers = this.#timers.filter(timer => timer.at > this.time);
    for (const timer of due) timer.settle({ value: undefined });
  }

  #step(task: ModelTask): void {
    const { next } = task;
    task.state = 'running';
    if ('error' in next && next.error === task.cancelled) task.wasInterrupted = true;
    let step: IteratorResult<Wait, unknown>;
    try {
      step = 'error' in next ? task.code.throw(next.error) : task.code.next(next.value);
    } catch (error) {
      this.#bodyEnded(task, { error });
      return;
    }
    if (step.done) this.#bodyEnded(task, { value: step.value });
    else this.#suspend(task, step.value);
  }

  #suspend(task: ModelTask, wait: Wait): void {
    // Level-triggered: each further suspension of a cancelled task throws.
    if (task.cancelled !== undefined && !wait.isOpenToCancelled) {
      this.#makeReady(task, { error: task.cancelled });
      return;
    }
    task.state = 'waiting';
    task.wait = wait;
    task.isUninterruptible = wait.isUninterruptible === true;
    task.interrupt = wait.interrupt;
    let isOver = false;
    const settle = (how: Resumption) => {
      if (isOver) return;
      isOver = true;
      this.#makeReady(task, how);
    };
    const giveUp = wait.begin(settle);
    task.giveUp = () => {
      isOver = true;
      giveUp();
    };
  }

  #makeReady(task: ModelTask, next: Resumption): void {
    task.state = task.state === 'new' ? 'spawned' : 'ready';
    task.next = next;
    this.#ready.push(task);
  }

  #deliverCancel(task: ModelTask, cancelled: Cancellation): void {
    task.cancelled = cancelled;
    if (task.state === 'spawned' && !task.traits.startsAlways) {
      task.next = { error: cancelled };
    } else if (task.state === 'waiting' && !task.isUninterruptible) {
      task.giveUp();
      this.#makeReady(task, { error: cancelled });
    } else if (task.state === 'waiting') {
      task.interrupt?.();
    }
    // Ready: the wait is over, its value comes first. Running: at the next suspension.
    for (const listener of task.cancelListeners) listener(cancelled.reason);
  }

  #bodyEnded(task: ModelTask, how: Resumption): void {
    task.bodyEnd = how;
    const isCancelled = 'error' in how && task.cancelled !== undefined && how.error === task.cancelled;
    // A child's error that the body throws on is one error, not two.
    if ('error' in how && !isCancelled && !task.errors.includes(how.error)) this.#fail(task, how.error);
    task.state = 'finishing';
    this.#endIfDone(task);
  }

  /** Who is cancelled while it waits for its children is so if one of them was: the others came in time. */
  #childEnded(parent: ModelTask, child: ModelTask): void {
    const isOnlyWaiting = parent.state === 'finishing' && parent.cancelled !== undefined;
    if (isOnlyWaiting && child.state === 'cancelled' && !child.traits.isDaemon) {
      parent.bodyEnd = { error: parent.cancelled };
    }
    if (isFailedCleanup(child, parent)) parent.hasFailedCleanup = true;
    const { ended, isSupervisor } = parent.traits;
    if (child.traits.isIsolated) return;
    if (ended === undefined || child.traits.isShielded) {
      if (child.state === 'failed' && !isSupervisor) this.#fail(parent, child.error());
      return;
    }
    child.isHeard = true;
    try {
      ended(child);
    } catch (error) {
      this.#fail(parent, error);
    }
  }

  #fail(task: ModelTask, error: unknown): void {
    // The same object is the same error. Equal primitives are not: two children have failed.
    if (!(error instanceof Failure) || !task.errors.includes(error)) task.errors.push(error);
    this.cancel(task, error);
  }

  #endIfDone(task: ModelTask): void {
    if (task.state !== 'finishing') return;
    const left = task.children.filter(child => !child.isEnded);
    if (left.every(child => child.traits.isDaemon)) {
      for (const daemon of left) this.cancel(daemon, 'all but the daemons are done');
    }
    if (left.length > 0) return;
    const cleanup = task.cleanups.pop();
    if (cleanup !== undefined) {
      this.spawn(task, nameBelow('cleanup', task.name), cleanup, { isShielded: true });
      return;
    }
    if (task.traits.isSupervisor) task.errors.push(...task.unheardFailures());
    if (task.errors.length > 0) task.state = 'failed';
    else task.state = 'error' in task.bodyEnd ? 'cancelled' : 'succeeded';
    for (const settle of task.joiners) task.tell(settle);
    this.#ended.push(task);
    if (task.parent === undefined) return;
    this.#childEnded(task.parent, task);
    this.#endIfDone(task.parent);
  }
}

/** The model will not say what comes next. */
export class NotComparableError extends Error {}

/** Above these, the kernel is free to look at its timers in the middle of what the model does in one go. */
const MOST_STEPS = 200;
const MOST_TIMERS = 32;

/** An error in the model: what it shows itself as. Two are the same error only if they are the same object. */
export class Failure {
  constructor(readonly text: string) {}
}

export class Cancellation extends Failure {
  constructor(
    text: string,
    readonly reason: unknown,
  ) {
    super(text);
  }
}

export function show(error: unknown): string {
  return error instanceof Failure ? error.text : String(JSON.stringify(error));
}

/** What a task is resumed with. */
export type Resumption = { readonly value: unknown } | { readonly error: unknown };
export type Settle = (how: Resumption) => void;

export interface Wait {
  /** Answers with how to give the wait up. */
  readonly begin: (settle: Settle) => () => void;
  /** A cancellation does not end it. */
  readonly isUninterruptible?: boolean;
  /** Then it does this instead. */
  readonly interrupt?: (() => void) | undefined;
  /** A task that is cancelled may begin it. */
  readonly isOpenToCancelled?: boolean;
  /** The task for whose end it waits. */
  readonly awaited?: () => ModelTask | undefined;
}

export interface Traits {
  /** Its failure goes to who waits for it, not to its parent. */
  readonly isIsolated?: boolean;
  /** A cancellation of its parent does not reach it. */
  readonly isShielded?: boolean;
  /** Its children fail each for itself; at its end it fails with those failures that nobody was told of. */
  readonly isSupervisor?: boolean;
  /** Of a supervisor: told of the end of what its body spawned, and then of the failures, too. */
  readonly ended?: ((child: ModelTask) => void) | undefined;
  /** Cancelled when its parent's body and all other children are done. */
  readonly isDaemon?: boolean;
  /** Takes its first step also if it is cancelled before. */
  readonly startsAlways?: boolean;
}

export type Body = Generator<Wait, unknown, unknown>;

interface Deferred {
  readonly task: ModelTask;
  readonly action: () => void;
  /** How many tasks are resumed before it. */
  readonly place: number;
}

interface Timer {
  readonly at: number;
  readonly settle: Settle;
}

export class ModelTask {
  state: 'new' | 'spawned' | 'ready' | 'running' | 'waiting' | 'finishing' | 'succeeded' | 'failed' | 'cancelled' =
    'new';
  /** All that it ever spawned, oldest first. */
  readonly children: ModelTask[] = [];
  code!: Body;
  next!: Resumption;
  bodyEnd!: Resumption;
  giveUp!: () => void;
  wait: Wait | undefined;
  isUninterruptible = false;
  interrupt: (() => void) | undefined;
  /** Who waits for a program that this task is part of to be ready: what the task's context says. */
  handshake: ModelHandshake | undefined;
  cancelled: Cancellation | undefined;
  readonly errors: unknown[] = [];
  joiners: Settle[] = [];
  /** Its cancellation was thrown into it. */
  wasInterrupted = false;
  /** A clean-up of its own, or of a task that was cancelled with it, has failed. */
  hasFailedCleanup = false;
  /** Somebody was told of its failure. */
  isHeard = false;
  readonly cleanups: ((task: ModelTask) => Body)[] = [];
  readonly cancelListeners: ((reason: unknown) => void)[] = [];

  constructor(
    readonly name: string,
    readonly parent: ModelTask | undefined,
    readonly traits: Traits,
  ) {
    this.handshake = parent?.handshake;
  }

  get isEnded(): boolean {
    return this.state === 'succeeded' || this.state === 'failed' || this.state === 'cancelled';
  }

  /** Those that have not ended, each before its children, these oldest first, daemons last. */
  tree(descendsInto: (child: ModelTask) => boolean = () => true): ModelTask[] {
    if (this.isEnded) return [];
    const daemons = this.children.filter(child => child.traits.isDaemon);
    const others = this.children.filter(child => !child.traits.isDaemon);
    return [this, ...[...others, ...daemons].filter(descendsInto).flatMap(child => child.tree(descendsInto))];
  }

  /** Whether it goes on only when its child has ended. */
  awaits(child: ModelTask): boolean {
    if (this.state === 'finishing') return !child.traits.isDaemon;
    return this.state === 'waiting' && this.wait?.awaited?.() === child;
  }

  /** Of a task that has succeeded. */
  get value(): unknown {
    return (this.bodyEnd as { value: unknown }).value;
  }

  /** What whoever joins it gets. */
  answer(): Resumption {
    if (this.state === 'succeeded') return { value: this.value };
    if (this.state === 'failed') return { error: this.error() };
    return { error: this.cancelledError() };
  }

  cancelledError(): Failure {
    return new Failure(`TaskCancelledError(${this.name}: ${show(this.cancelled?.reason)})`);
  }

  tell(settle: Settle): void {
    this.isHeard = true;
    settle(this.answer());
  }

  unheardFailures(): unknown[] {
    const failed = this.children.filter(child => child.state === 'failed' && !child.traits.isIsolated);
    return failed.filter(child => !child.isHeard).map(child => child.error());
  }

  #error: unknown;
  /** The same object each time, for it is one error. */
  error(): unknown {
    this.#error ??= this.errors.length === 1 ? this.errors[0] : aggregate(this.errors);
    return this.#error;
  }

  /** It failed because of its cancellation, and not the other way round. */
  failedInCleanup(): boolean {
    if (this.state !== 'failed' || this.cancelled?.reason === this.errors[0]) return false;
    const isBodyCancelled = 'error' in this.bodyEnd && this.bodyEnd.error === this.cancelled;
    return this.hasFailedCleanup || (this.wasInterrupted && !isBodyCancelled);
  }

  describeEnd(): string {
    if (this.state === 'succeeded') return `succeeded ${this.value}`;
    return this.state === 'failed' ? `failed ${show(this.error())}` : `cancelled ${show(this.cancelled?.reason)}`;
  }
}

function isFailedCleanup(child: ModelTask, parent: ModelTask): boolean {
  const isRegistered = child.traits.isShielded && !child.traits.isIsolated;
  if (isRegistered) return child.state === 'failed';
  return child.cancelled === parent.cancelled && child.failedInCleanup();
}

export function aggregate(errors: readonly unknown[]): Failure {
  return new Failure(`AggregateError(${errors.map(show).sort().join(', ')})`);
}

function outcomeOf(root: ModelTask, deadlock: Failure | undefined): string {
  const errors: unknown[] = deadlock === undefined ? [] : [deadlock];
  if (root.state === 'failed') errors.push(root.error());
  if (errors.length === 0) return root.describeEnd();
  return `failed ${show(errors.length === 1 ? errors[0] : aggregate(errors))}`;
}

/** A scope in a scope is named after the task around both, so that no name grows with the depth. */
function nameBelow(noun: string, parent: string): string {
  return `${noun} of ${parent.split(' of ').at(-1)}`;
}
