import { EscapementError } from '../errors/escapement-error.js';
import { bodyOf } from '../events/body-of.js';
import type { Coroutine, Program } from '../events/coroutine.js';
import { coroutine } from '../events/coroutine-function.js';
import type { LoopEvent } from '../events/loop-event.js';
import { type ContextEntry, type ContextKey } from '../tasks/context-entry.js';
import { type Answer, ImmediateEvent } from '../tasks/immediate-event.js';
import type { Task } from '../tasks/task.js';

/** The event behind `getContext()`. */
export class GetContext<out T = unknown> extends ImmediateEvent<T> {
  override readonly kind = 'get-context';

  constructor(readonly key: ContextKey<T>) {
    super();
  }

  override attempt(task: Task | undefined): Answer<T> | undefined {
    return task && { done: true, value: this.#valueIn(task) };
  }

  #valueIn(task: Task): T {
    for (let entry = task.context; entry !== undefined; entry = entry.outer) {
      if (entry.key === this.key) return entry.value as T;
    }
    if (this.key.initial.length === 0) throw new NoContextError(task.name, this.key.name);
    return this.key.initial[0];
  }
}

/** The event behind `withContext()`: sets the task's context, and evaluates to the one before. */
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

/** `getContext` of a key that nobody gave a value and that has no initial one. */
export class NoContextError extends EscapementError {
  static override readonly name = 'NoContextError';
  override readonly code = 'ESC_NO_CONTEXT';

  /** @internal */
  constructor(taskName: string, key: string) {
    super(
      `task "${taskName}" read the context "${key}", which has no value. Run it inside withContext(key, value, ...), or give the key an initial value.`,
    );
  }
}

/**
 * `yield* getContext(key)` is the value that the task, or the nearest task above it, was given. Costs nothing where it is
 * not used, and a step through a short list where it is.
 *
 * @throws NoContextError if there is none and the key has no initial value
 */
export function getContext<T>(key: ContextKey<T>): GetContext<T> {
  return new GetContext(key);
}

/**
 * Runs `body` with a task-local value. The tasks that it spawns inherit the value.
 *
 * @example
 * const user = new ContextKey<User>('user');
 * yield* withContext(user, alice, handleRequest);
 */
export const withContext = /* @__PURE__ */ coroutine(function* withContext<V, T, E extends LoopEvent>(
  key: ContextKey<V>,
  value: V,
  body: Program<T, E>,
): Coroutine<T, E | SetContext> {
  const before = yield* new SetContext(outer => ({ key, value, outer }));
  try {
    return yield* bodyOf('withContext', body);
  } finally {
    yield* new SetContext(() => before);
  }
});
