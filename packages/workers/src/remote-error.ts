import type { ThrownRecord } from './thrown-record.js';

/**
 * An error that a program threw in another thread. Its `name`, `message`, `code`, `stack`, `cause` and `errors` are those of the
 * original. It is no instance of the original's class, which may not exist in this thread: look at `code` or `name`.
 */
export class RemoteError extends Error {
  /** That of the original, if it had one. */
  readonly code: unknown;
  /** Those of an `AggregateError`. */
  declare readonly errors?: readonly unknown[];

  /** @internal */
  constructor({ name, message, stack, code, cause, errors }: ThrownRecord) {
    super(message, cause && { cause: thrownOf(cause) });
    // Not enumerable, as in every error.
    const define = (key: string, value: unknown) =>
      Object.defineProperty(this, key, { value, writable: true, configurable: true });
    define('name', name);
    if (stack !== undefined) define('stack', stack);
    this.code = code;
    if (errors !== undefined) define('errors', errors.map(thrownOf));
  }
}

/** What was thrown in the other thread: an error, or a copy of another value. */
export function thrownOf(record: ThrownRecord): unknown {
  if (record.name !== undefined) return new RemoteError(record);
  return record.value ?? record.message;
}
