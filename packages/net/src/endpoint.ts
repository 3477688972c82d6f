/// <reference lib="esnext.disposable" preserve="true" />

/**
 * A stream, a listener or a socket that owns a descriptor. Close it after its last use: with `close()`, with `using`, or
 * with `yield* manage(endpoint)` of `@escapement/promises` at the end of the task.
 */
export interface Endpoint extends Disposable {
  /** For calls of `@escapement/posix`, socket options for instance; -1 once the endpoint is closed. Do not close the number. */
  readonly fd: number;

  /** Whether `close` was called, or the stream was abandoned. Then every wait throws. */
  readonly isClosed: boolean;

  /** Its name in messages: `TCP listener 127.0.0.1:80`. */
  describe(): string;

  /**
   * Closes it. May be called at any moment, any number of times. Tasks that wait for it get `ClosedError`. The system still
   * sends the bytes that it has taken.
   */
  close(): void;
}
