/**
 * The members of the host's `MessagePort` that tell it from other objects. Declared here, so that programs without the host's types
 * compile, too.
 */
export interface ThreadPort {
  postMessage(message: unknown, transfer?: readonly never[]): void;
  start(): void;
  close(): void;
}

/** The same for the host's `Worker`. */
export interface WorkerThread {
  readonly threadId: number;
  postMessage(message: unknown, transfer?: readonly never[]): void;
  terminate(): Promise<number>;
}
