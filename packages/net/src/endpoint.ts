/// <reference lib="esnext.disposable" preserve="true" />

/**
 * Something with a descriptor, which it owns: a stream, a listener, a socket. Close it once nobody uses it any more:
 * `close()`, `using`, or `yield* manage(endpoint)` of `@escapement/promises` for the end of the task.
 */
export interface Endpoint extends Disposable {
  /** For calls of `@escapement/posix`, socket options for instance; -1 once it is closed. Close the endpoint, not this. */
  readonly fd: number;

  readonly isClosed: boolean;

  /** What messages call it: `TCP listener 127.0.0.1:80`. */
  describe(): string;

  /**
   * Closes it, at any moment and any number of times. Tasks that wait for it get `ClosedError`; what the system has taken
   * to send is sent.
   */
  close(): void;
}
