import { checkPort } from './check-port.js';
import { type Inbox, inboxOf } from './inbox.js';
import { PortEvent } from './port-event.js';
import type { ThreadPort, WorkerThread } from './port-types.js';

/** The event of `received()`. */
export class Received<out T = unknown> extends PortEvent<T> {
  override get kind() {
    return 'received' as const;
  }

  /** @internal */
  override readonly end: Inbox;

  /** @internal */
  constructor(port: ThreadPort | WorkerThread) {
    super();
    this.end = inboxOf(checkPort('received', port));
  }

  /** @internal */
  override perform(): T {
    return this.end.take() as T;
  }

  override toString(): string {
    return 'Received()';
  }
}

/**
 * `yield* received(port)` waits for the next message of a port, and evaluates to it. It works under every strategy: one that lets
 * the host run is told by the host; under any other the handler reads the port. If the other side sends through a `Sender`,
 * it also ends the sleep of a strategy that blocks; after a plain `postMessage` of a stranger such a loop finds the message
 * within a millisecond.
 *
 * Messages come in the order in which they were sent, each to one task. Any number of tasks may wait; they are served in the
 * order in which they came. A task that is cancelled while it waits takes none. What nobody waits for stays in the port.
 *
 * @param port a `MessagePort`, such as `parentPort`; or a `Worker`, of which only the host tells: that needs a strategy that lets
 *   it run, and loses what came before the first `received`. Nobody else may listen for messages there.
 * @throws PortClosedError, or WorkerExitedError for a `Worker`, once the port is closed on either side or the other thread has
 *   ended, and all messages are taken; under a strategy that does not let the host run, within a tenth of a second of the
 *   death of a thread. UnreadableMessageError for a message that cannot be read. IncompatiblePluginsError for a `Worker` under a
 *   strategy that does not let the host run. InvalidArgumentError at the call.
 * @example
 * for (;;) yield* handle(yield* received<Job>(parentPort));
 */
export function received<T = unknown>(port: ThreadPort | WorkerThread): Received<T> {
  return new Received(port);
}
