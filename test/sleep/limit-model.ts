import type { PlayedLimit, Player } from './limit-program.js';

// A slow, obvious loop with time limits: one list of what is to be done, in the order in which it came, and one of timers.

type Body = Generator<Request, unknown, unknown>;
type Request = (task: ModelTask) => void;

class Cancelled {}
class TimeoutError {}
class TaskCancelledError {
  constructor(readonly reason: unknown) {}
}

class ModelTask {
  readonly children: ModelTask[] = [];
  reason: unknown = undefined;
  /** Ends a wait that a cancellation ends. */
  stopWaiting: (() => void) | undefined = undefined;
  isFresh = true;
  isBodyDone = false;
  isEnded = false;
  isCutShort = false;
  value: unknown = undefined;
  ended: () => void = () => {};

  constructor(
    readonly body: Body,
    readonly parent: ModelTask | undefined,
    readonly isShielded: boolean,
  ) {}

  get isCancelled(): boolean {
    return this.reason !== undefined;
  }
}

export class ModelLoop implements Player<ModelTask> {
  #time = 0;
  #running: ModelTask | undefined;
  readonly #todo: (() => void)[] = [];
  #timers: { readonly at: number; readonly fire: () => void }[] = [];

  run(body: Body): void {
    this.#start(body, undefined);
    for (;;) {
      while (this.#todo.length > 0) this.#todo.shift()!();
      if (this.#timers.every(({ at }) => at === Infinity)) return;
      this.#time = Math.max(this.#time, Math.min(...this.#timers.map(({ at }) => at)));
      // The sort keeps the order of equal deadlines.
      const due = this.#timers.filter(({ at }) => at <= this.#time).sort((a, b) => a.at - b.at || 0);
      this.#timers = this.#timers.filter(({ at }) => at > this.#time);
      for (const { fire } of due) fire();
    }
  }

  now(): number {
    return this.#time;
  }

  *sleep(duration: number): Body {
    return yield* this.sleepUntil(this.#time + duration);
  }

  *sleepUntil(instant: number): Body {
    yield task => {
      task.stopWaiting = this.timer(instant, () => this.#resume(task));
    };
    return undefined;
  }

  *pause(): Body {
    yield task => this.#resume(task);
    return undefined;
  }

  *spawn(body: Body): Generator<never, ModelTask, unknown> {
    return this.#start(body, this.#running);
  }

  *shield(body: Body): Body {
    return yield* this.#scope(body, true);
  }

  *limit(throws: boolean, duration: number, body: (limit: PlayedLimit) => Body): Body {
    const limit = new ModelLimit(this, this.#time + duration);
    try {
      return yield* this.#scope(limit.around(body(limit)), false);
    } catch (error) {
      if (!(error instanceof TaskCancelledError && error.reason === limit)) throw error;
      if (throws) throw new TimeoutError();
      return undefined;
    } finally {
      limit.end();
    }
  }

  cancel(task: ModelTask, reason: unknown = 'outside'): void {
    if (task.isEnded || task.isCancelled) return;
    for (const one of treeOf(task)) this.#deliver(one, reason);
  }

  get running(): ModelTask {
    return this.#running!;
  }

  /** Does something after what is to be done now, unless the task has ended by then. */
  defer(task: ModelTask, action: () => void): void {
    this.#todo.push(() => {
      if (!task.isEnded) action();
    });
  }

  timer(at: number, fire: () => void): () => void {
    const timer = { at, fire };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter(one => one !== timer);
    };
  }

  *#scope(body: Body, isShielded: boolean): Body {
    let outcome: () => unknown = () => undefined;
    yield Object.assign(
      (task: ModelTask) => {
        const inner = this.#start(body, task, isShielded);
        inner.ended = () => {
          const error = task.isCancelled ? new Cancelled() : new TaskCancelledError(inner.reason);
          outcome = () => {
            if (inner.isCutShort) throw error;
            return inner.value;
          };
          this.#resume(task);
        };
      },
      { isShielded },
    );
    return outcome();
  }

  #start(body: Body, parent: ModelTask | undefined, isShielded = false): ModelTask {
    const task = new ModelTask(body, parent, isShielded);
    this.#todo.push(() => this.#step(task));
    parent?.children.push(task);
    if (parent?.isCancelled && !isShielded) this.#deliver(task, parent.reason);
    return task;
  }

  #deliver(task: ModelTask, reason: unknown): void {
    if (task.isEnded || task.isCancelled) return;
    task.reason = reason;
    const stop = task.stopWaiting;
    if (stop === undefined) return;
    stop();
    this.#resume(task, new Cancelled());
  }

  #resume(task: ModelTask, error?: Cancelled): void {
    task.stopWaiting = undefined;
    this.#todo.push(() => this.#step(task, error));
  }

  #step(task: ModelTask, error?: Cancelled): void {
    const thrown = task.isFresh && task.isCancelled ? new Cancelled() : error;
    task.isFresh = false;
    this.#running = task;
    try {
      const { done, value } = thrown === undefined ? task.body.next() : task.body.throw(thrown);
      if (!done) {
        if (task.isCancelled && !('isShielded' in value && value.isShielded)) this.#resume(task, new Cancelled());
        else value(task);
        return;
      }
      task.value = value;
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      task.isCutShort = true;
    }
    task.isBodyDone = true;
    this.#endIfDone(task);
  }

  #endIfDone(task: ModelTask): void {
    if (!task.isBodyDone || task.children.some(({ isEnded }) => !isEnded)) return;
    task.isEnded = true;
    task.ended();
    const { parent } = task;
    if (parent === undefined) return;
    // Its body was done, but the cancellation has reached a child.
    if (parent.isBodyDone && parent.isCancelled && task.isCutShort) parent.isCutShort = true;
    this.#endIfDone(parent);
  }
}

class ModelLimit implements PlayedLimit {
  hasExpired = false;
  #task: ModelTask | undefined;
  #stop: (() => void) | undefined;
  #isOver = false;
  #deadline: number;

  constructor(
    readonly loop: ModelLoop,
    deadline: number,
  ) {
    this.#deadline = deadline;
  }

  get deadline(): number {
    return this.#deadline;
  }

  set deadline(instant: number) {
    if (this.#isOver || this.hasExpired) return;
    this.#deadline = instant;
    if (this.#stop === undefined) return;
    this.#stop();
    if (instant < this.loop.now()) this.#due(instant);
    else this.#set();
  }

  *around(body: Body): Body {
    this.#task = this.loop.running;
    this.loop.defer(this.#task, () => this.#set());
    return yield* body;
  }

  end(): void {
    this.#isOver = true;
    this.#stop?.();
  }

  #set(): void {
    if (this.#isOver) return;
    const until = this.#deadline;
    this.#stop = this.loop.timer(until, () => this.#due(until));
  }

  #due(until: number): void {
    const task = this.#task!;
    this.loop.defer(task, () => {
      if (this.#isOver || task.isCancelled || this.#deadline > until) return;
      this.hasExpired = true;
      this.loop.cancel(task, this);
    });
  }
}

function* treeOf(task: ModelTask): Generator<ModelTask> {
  yield task;
  for (const child of [...task.children]) if (!child.isEnded && !child.isShielded) yield* treeOf(child);
}
