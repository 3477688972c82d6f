import { checkArgument, checkCount, describe } from '@escapement/core';
import { checkPort } from './check-port.js';
import { knownInboxOf } from './inbox.js';
import { Outbox } from './outbox.js';
import { PortEvent } from './port-event.js';
import type { ThreadPort, WorkerThread } from './port-types.js';

/** How far a sender may be ahead of the receiver. */
export interface SenderOptions {
  /** How many messages may be on their way that no task on the other side has taken: 1 or more. Default: 100. */
  readonly credit?: number;
}

/** The event behind `sender.send()`. */
export class Send extends PortEvent<void> {
  override get kind() {
    return 'send' as const;
  }

  /** @internal */
  constructor(
    /** @internal */
    override readonly end: Outbox,
    readonly message: unknown,
    /** @internal */
    readonly transfer: readonly object[],
  ) {
    super();
  }

  /** @internal */
  override perform(): void {
    this.end.post(this.message, this.transfer);
  }

  override toString(): string {
    return `Send(message=${describe(this.message)})`;
  }
}

/**
 * Sends messages to a task that takes them with `received`, in another thread or in this one.
 *
 * Beside `port.postMessage` it does two things. It ends the sleep of the other loop, under every strategy. And at most `credit`
 * messages are on their way that nobody has taken: then `send` waits, and `trySend` returns false. So a slow receiver slows
 * its senders down, and its memory does not grow.
 *
 * Its first message makes the link to the other side, which a receiver without `received` must ignore: it is an object with
 * the key `@escapement/workers: link`. Have one sender for each direction of a port, and post nothing beside it there.
 *
 * @example
 * const results = new Sender<Result>(parentPort, { credit: 10 });
 * yield* results.send(result, [result.bytes.buffer]);
 */
export class Sender<in T = unknown> {
  readonly #outbox: Outbox;

  /** @throws InvalidArgumentError, InvalidCountError */
  constructor(port: ThreadPort | WorkerThread, options: SenderOptions = {}) {
    const checked = checkPort('new Sender', port);
    const { credit = 100 } = checkArgument(
      'new Sender',
      options,
      'object',
      'an object of options, like { credit: 10 }',
    );
    checkCount('credit of a Sender', credit, 1, true, 'With 1, each message waits until the one before it is taken.');
    this.#outbox = new Outbox(checked, credit);
    sendersOf(port).add(this);
  }

  /**
   * `yield* sender.send(message)` waits until there is room, and sends the message. Tasks that wait send in the order in which
   * they came.
   *
   * @param transfer what moves to the other thread instead of being copied, at the moment of sending
   * @throws PortClosedError; the host's DataCloneError if the message cannot be copied
   */
  send(message: T, transfer: readonly object[] = []): Send {
    return new Send(this.#outbox, message, transfer);
  }

  /**
   * For host code: sends the message if that is possible without waiting.
   *
   * @returns false if there is no room, or tasks wait to send
   * @throws PortClosedError once it is closed on either side; the host's DataCloneError
   */
  trySend(message: T, transfer: readonly object[] = []): boolean {
    if (!this.#outbox.isOver && (this.#outbox.isAwaited || !this.#outbox.hasRoom)) return false;
    this.#outbox.post(message, transfer);
    return true;
  }

  /**
   * No more is sent: tasks that wait to send throw `PortClosedError`, and the other side throws it once it has taken all
   * messages. The port stays open. Closing it again does nothing.
   */
  close(): void {
    this.#outbox.close();
  }
}

const senders = new WeakMap<ThreadPort | WorkerThread, Set<Sender<never>>>();

function sendersOf(port: ThreadPort | WorkerThread): Set<Sender<never>> {
  const known = senders.get(port) ?? new Set();
  senders.set(port, known);
  return known;
}

/**
 * Closes a port, and tells the other side under every strategy: `port.close()` alone is noticed only when the host runs. Tasks
 * that wait there throw `PortClosedError`. What was sent can still be received on the other side.
 * @throws InvalidArgumentError (ESC_NOT_A_PORT)
 * @example closePort(port); // instead of port.close()
 */
export function closePort(port: ThreadPort): void {
  checkPort('closePort', port);
  for (const sender of sendersOf(port)) sender.close();
  port.close();
  knownInboxOf(port)?.close();
}
