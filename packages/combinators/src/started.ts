import {
  ANSWERED,
  type Answer,
  Cancelled,
  ContextKey,
  type Coroutine,
  contextValue,
  EscapementError,
  type LoopEvent,
  type Program,
  type Scope,
  SelfServedEvent,
  type SetContext,
  scope,
  type Task,
  type Waiter,
  withContext,
} from '@escapement/core';

/** What programs that yield `Started` say when they are ready. */
export type StartedValue<E> = Extract<E, Started> extends Started<infer R> ? R : never;

/** `unknown` if programs that yield `E` can say that they are ready; else a property whose name is in the compiler's error. */
export type MustStart<E> = [Extract<E, Started>] extends [never]
  ? { readonly 'the program must say when it is ready': 'yield* started(value)' }
  : unknown;

/** The event of `started()`. */
export class Started<out R = unknown> extends SelfServedEvent<void> {
  override get kind() {
    return 'started' as const;
  }

  /** @internal */
  constructor(readonly value: R) {
    super();
  }

  override attempt(task: Task | undefined): Answer<void> | undefined {
    if (task === undefined) return undefined;
    contextValue(task, HANDSHAKE)?.started(this.value);
    return ANSWERED;
  }

  /** Not called, because it never waits. */
  override arm(): void {}
  override disarm(): void {}
}

/**
 * `yield* started(value)` says that the program is ready: `yield* tasks.start(program)` then evaluates to `value`. A program
 * that was not started so goes on, and so does one that has said it before: so a server can be started and spawned.
 *
 * @example
 * function* server() {
 *   const listener = yield* listen({ port: 0 });
 *   yield* started(listener.port);
 *   yield* serve(listener, handle);
 * }
 */
export function started<R = void>(...value: R extends void ? [] : [value: R]): Started<R> {
  return new Started(value[0] as R);
}

/** A program that was started by `start` ended before it said that it was ready. */
export class NotStartedError extends EscapementError {
  static override readonly name = 'NotStartedError';
  override readonly code = 'ESC_NOT_STARTED';

  /** @internal */
  constructor(taskName: string, how: string) {
    super(
      `task "${taskName}" ${how} before it was ready. Call yield* started(value) in it once it is, or spawn it instead.`,
    );
  }
}

/** The event of `tasks.start()`: the program tells it when it is ready, and the task that started it waits for that. See `started`. */
export class Handshake extends SelfServedEvent<unknown> {
  override readonly kind = 'start';
  /** @internal The task of the program. */
  task: Task | undefined;
  /** @internal */
  isOver = false;
  #waiter: Waiter<unknown> | undefined;
  #settle: ((waiter: Waiter<unknown>) => void) | undefined;

  /** @internal */
  started(value: unknown): void {
    this.#decide(waiter => waiter.resolve(value));
  }

  /** @internal The program has thrown. @returns whether its caller gets the error */
  failed(error: unknown): boolean {
    if (this.isOver) return false;
    const { name } = this.task!;
    if (!(error instanceof Cancelled)) this.#decide(waiter => waiter.reject(error));
    else this.#decide(waiter => waiter.reject(waiter.cancelled ?? new NotStartedError(name, 'was cancelled')));
    return !(error instanceof Cancelled);
  }

  /** @internal The program has ended. */
  ended(): void {
    if (this.isOver) return;
    this.#decide(waiter => waiter.reject(waiter.cancelled ?? new NotStartedError(this.task!.name, 'ended')));
  }

  override arm(waiter: Waiter<unknown>): void {
    this.#waiter = waiter;
    this.#settle?.(waiter);
    if (waiter.cancelled !== undefined) this.interrupt(waiter);
  }

  /** The program was spawned already: its caller waits for its end, or an error of it would be lost. */
  override startsWhenCancelled(): boolean {
    return true;
  }

  /** Nobody waits for the program any more, so it ends, too. */
  override interrupt(waiter: Waiter<unknown>): boolean {
    this.task!.cancel(waiter.cancelled?.reason);
    return false;
  }

  override disarm(): void {
    this.#waiter = undefined;
  }

  override blockers(): Iterable<Task> {
    return this.task === undefined ? [] : [this.task];
  }

  override toString(): string {
    return `Start(task "${this.task?.name}")`;
  }

  #decide(settle: (waiter: Waiter<unknown>) => void): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#settle = settle;
    if (this.#waiter !== undefined) settle(this.#waiter);
  }
}

/** @internal The handshake that the task is part of, if any. */
export const HANDSHAKE = /* @__PURE__ */ new ContextKey<Handshake | undefined>('start', undefined);

/** @internal The body of the task of a program that was started: its errors go to the caller of `start` until it is ready. */
export function* starting<T, E extends LoopEvent>(
  handshake: Handshake,
  program: Program<T, E>,
): Coroutine<T | undefined, E | Scope | SetContext> {
  try {
    // In a scope, which throws the errors of the program's children, too.
    return yield* scope(withContext(HANDSHAKE, handshake, program), { caller: 'start' });
  } catch (error) {
    if (!handshake.failed(error)) throw error;
    return undefined;
  } finally {
    handshake.ended();
  }
}
