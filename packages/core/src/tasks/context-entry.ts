/** One value, and those that were there before. A list: there are a handful, and children share it. */
export interface ContextEntry {
  readonly key: ContextKey<unknown>;
  readonly value: unknown;
  readonly outer: ContextEntry | undefined;
}

/** Names a task-local value of type `T`. Two keys are different even if their names are alike. */
export class ContextKey<out T> {
  /** @internal */
  readonly initial: readonly [] | readonly [T];

  /** @param initial the value where none was given; without it, reading such a key throws `NoContextError`. */
  constructor(
    readonly name: string,
    ...initial: readonly [] | readonly [T]
  ) {
    this.initial = initial;
  }
}
