/**
 * The members of the host's `MessagePort` that tell it from other objects. Declared here, so that programs without the host's types
 * compile, too. Of the parameters only those that are used: the types of the others differ between versions of the host's types.
 */
export interface ThreadPort {
  /** Sends a structured clone of `message`. */
  postMessage(message: unknown): void;
  /** Lets the host deliver messages to listeners. */
  start(): void;
  /** Ends the connection, on both sides. */
  close(): void;
}

/** The same for the host's `Worker`. */
export interface WorkerThread {
  /** The host's number of the thread. */
  readonly threadId: number;
  /** Sends a structured clone of `message`. */
  postMessage(message: unknown): void;
  /** Stops the thread at once. @returns its exit code */
  terminate(): Promise<number>;
}
