/** One value and the entries outside of it: a linked list, so that children share it. */
export interface ContextEntry {
  readonly key: ContextKey<unknown>;
  readonly value: unknown;
  readonly outer: ContextEntry | undefined;
}

/**
 * The key of a task-local value of type `T`. Two keys are different even if their names are equal.
 * Pass it to `withContext` and `getContext`.
 */
export class ContextKey<out T> {
  /** @internal */
  readonly initial: readonly [] | readonly [T];

  /** @param initial the default value; without it, reading a key that was not set throws `NoContextError`. */
  constructor(
    /** For errors. */
    readonly name: string,
    ...initial: readonly [] | readonly [T]
  ) {
    this.initial = initial;
  }
}
