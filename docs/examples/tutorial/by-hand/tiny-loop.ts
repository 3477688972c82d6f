// #region interfaces
/** Says what a coroutine waits for. `T` is what `yield*` evaluates to once it has happened. */
export abstract class Event<T = unknown> {
  *[Symbol.iterator](): Generator<Event, T, T> {
    return yield this;
  }
}

export interface Task {
  readonly coroutine: Generator<Event, void>;
  /** What its event has brought. */
  value: unknown;
}

/** Knows how to wait for one class of event. */
export interface Handler<E extends Event = Event> {
  readonly handles: abstract new (...args: never) => E;
  /** Begins a wait. Call `resume` once, when the event has happened. */
  arm(event: E, resume: (value?: unknown) => void): void;
  /** Resumes those whose event has happened by `now`. */
  poll?(now: number): void;
  /** When to poll again. */
  nextDeadline?(): number;
}

/** Knows what time it is, and how to let time pass. */
export interface Strategy {
  now(): number;
  sleep(until: number): void;
}

/** Decides which ready task is next. */
export interface Policy {
  add(task: Task): void;
  next(): Task | undefined;
}

// #endregion interfaces

// #region loop
export class TinyLoop {
  #alive = 0;

  constructor(
    readonly strategy: Strategy,
    readonly policy: Policy,
    readonly handlers: readonly Handler[],
  ) {}

  spawn(coroutine: Generator<Event, void>) {
    this.#alive++;
    this.policy.add({ coroutine, value: undefined });
  }

  run() {
    const { strategy, policy, handlers } = this;
    while (true) {
      for (let task = policy.next(); task !== undefined; task = policy.next()) this.#step(task);
      if (this.#alive === 0) return;
      strategy.sleep(Math.min(...handlers.map(handler => handler.nextDeadline?.() ?? Infinity)));
      for (const handler of handlers) handler.poll?.(strategy.now());
    }
  }

  /** Resumes the task up to its next event, and gives that to its handler. */
  #step(task: Task) {
    const { done, value: event } = task.coroutine.next(task.value as never);
    if (done) {
      this.#alive--;
      return;
    }
    const handler = this.handlers.find(({ handles }) => event instanceof handles);
    if (handler === undefined) throw new Error(`no handler for ${event.constructor.name}`);
    handler.arm(event, value => {
      task.value = value;
      this.policy.add(task);
    });
  }
}
// #endregion loop
