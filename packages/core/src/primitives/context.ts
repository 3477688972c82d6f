import { describe, safely, shownName } from '../errors/describe.js';
import { EscapementError } from '../errors/escapement-error.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { bodyOf, checkProgram } from '../events/body-of.js';
import type { Coroutine, Program } from '../events/coroutine.js';
import { coroutine } from '../events/coroutine-function.js';
import type { LoopEvent } from '../events/loop-event.js';
import { type ContextEntry, type ContextKey } from '../tasks/context-entry.js';
import { type Answer, ImmediateEvent } from '../tasks/immediate-event.js';
import type { Task } from '../tasks/task.js';

/** The event of `getContext()`. */
export class GetContext<out T = unknown> extends ImmediateEvent<T> {
  override readonly kind = 'get-context';

  constructor(readonly key: ContextKey<T>) {
    super();
  }

  override attempt(task: Task | undefined): Answer<T> | undefined {
    return task && { done: true, value: contextValue(task, this.key) };
  }
}

/**
 * The value of `key` in `task`: `getContext` for code that is no coroutine, as the `attempt` of an event.
 * @throws NoContextError
 * @example override attempt(task: Task) { return { done: true as const, value: contextValue(task, user) }; }
 */
export function contextValue<T>(task: Task, key: ContextKey<T>): T {
  for (let entry = task.context; entry !== undefined; entry = entry.outer) {
    if (entry.key === key) return entry.value as T;
  }
  if (key.initial.length === 0) throw new NoContextError(task.name, key.name);
  return key.initial[0];
}

/** The event of `withContext()`: sets the task's context, and evaluates to the previous one. */
export class SetContext extends ImmediateEvent<ContextEntry | undefined> {
  override readonly kind = 'set-context';

  /** @internal */
  constructor(readonly next: (present: ContextEntry | undefined) => ContextEntry | undefined) {
    super();
  }

  override attempt(task: Task | undefined): Answer<ContextEntry | undefined> | undefined {
    if (task === undefined) return undefined;
    const before = task.context;
    task.context = this.next(before);
    return { done: true, value: before };
  }
}

/** `getContext` was called with a key that has no value. */
export class NoContextError extends EscapementError {
  static override readonly name = 'NoContextError';
  override readonly code = 'ESC_NO_CONTEXT';

  /** @internal */
  constructor(taskName: string, key: string) {
    super(
      `task "${taskName}" read the context "${shownName(key)}", which has no value. Run it inside withContext(key, value, ...), or give the key an initial value.`,
    );
  }
}

/**
 * `yield* getContext(key)` evaluates to the value of the innermost `withContext(key, ...)` around it, in this task or the
 * tasks above; else to the key's initial value.
 *
 * @throws NoContextError if there is neither
 */
export function getContext<T>(key: ContextKey<T>): GetContext<T> {
  checkKey('getContext', key);
  return new GetContext(key);
}

/**
 * Runs `body` with a task-local value, which the tasks that it spawns inherit.
 *
 * @example
 * const user = new ContextKey<User>('user');
 * yield* withContext(user, alice, handleRequest);
 * @throws InvalidArgumentError if `key` is no `ContextKey`; NotACoroutineError
 */
export const withContext = /* @__PURE__ */ coroutine(function* withContext<V, T, E extends LoopEvent>(
  key: ContextKey<V>,
  value: V,
  body: Program<T, E>,
): Coroutine<T, E | SetContext> {
  checkKey('withContext', key);
  checkProgram('withContext', body);
  const before = yield* new SetContext(outer => ({ key, value, outer }));
  try {
    return yield* bodyOf('withContext', body);
  } finally {
    yield* new SetContext(() => before);
  }
});

// By its field, because the key may come from another copy of this package.
function checkKey(caller: string, key: ContextKey<unknown>): void {
  if (safely(() => Array.isArray(key?.initial))) return;
  const fault = `${caller} got ${describe(key)}, expected a key. Create it once: new ContextKey('user').`;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}
