/** What the loop needs of an `AbortSignal`, whoever's it is. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** @internal Calls `listener` with the reason when `signal` aborts, at once if it has; gives back how to stop that. */
export function onAbort(signal: AbortSignalLike | undefined, listener: (reason: unknown) => void): () => void {
  if (signal === undefined) return () => {};
  const abort = () => listener(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  return () => signal.removeEventListener('abort', abort);
}
