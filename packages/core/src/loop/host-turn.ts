type Callback = () => void;

/** What hosts have, one or the other. */
interface Host {
  readonly setImmediate?: (callback: Callback) => unknown;
  readonly MessageChannel?: new () => {
    readonly port1: { postMessage(message: unknown): void };
    readonly port2: { onmessage: Callback | null; close(): void };
  };
}

/**
 * Lets the host's own loop go round once: its signals, timers and promises get their turn. Without `setImmediate`, as in a
 * page, a message to itself does the same. For strategies that let the host run.
 *
 * @example override async sleep() { await hostTurn(); }
 */
export function hostTurn(): Promise<void> {
  const { setImmediate, MessageChannel } = globalThis as Host;
  return new Promise(resolve => {
    if (setImmediate !== undefined) {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel!();
    port2.onmessage = () => {
      port2.close();
      resolve();
    };
    port1.postMessage(undefined);
  });
}
