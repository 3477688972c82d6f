import { type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { Fifo, type Wakeup } from '@escapement/core';
import { PortClosedError, UnreadableMessageError, WorkerExitedError } from './errors.js';
import { isPortOpen } from './is-port-open.js';
import { Link } from './link.js';
import { PortEnd } from './port-event.js';

type Arrival = { readonly message: unknown } | { readonly error: unknown };

/** The messages that come through a port. */
export abstract class Inbox extends PortEnd {
  readonly #arrived = new Fifo<Arrival>();
  #link: Link | undefined;
  /** Thrown when all messages are taken. */
  protected over: Error | undefined;

  override get isReady(): boolean {
    if (this.#arrived.size > 0) return true;
    // Before the port is read: what was sent before it was closed must be found.
    const isClosed = this.#link?.isClosed === true;
    if (this.read()) return true;
    if (isClosed) this.ended(new PortClosedError('received from'));
    return this.over !== undefined;
  }

  /** @internal Only if ready. */
  take(): unknown {
    const arrival = this.#arrived.shift();
    if (arrival === undefined) throw this.over;
    this.#link?.tookOne();
    if ('error' in arrival) throw arrival.error;
    return arrival.message;
  }

  override get needsLook(): boolean {
    return this.#link === undefined;
  }

  override wakeFrom(wakeup: Wakeup): void {
    this.#link?.wakeFrom(wakeup);
  }

  /** This side has closed the port. */
  close(): void {
    this.ended(new PortClosedError('received from'));
    this.serve();
  }

  /** Reads the next message, if the host does not bring it. @returns whether one has arrived */
  protected abstract read(): boolean;

  /** @returns false if the message is not for tasks */
  protected accept(message: unknown): boolean {
    const link = Link.from(message);
    if (link === undefined) this.#arrived.push({ message });
    else this.#link = link;
    return link === undefined;
  }

  protected acceptUnreadable(cause: unknown): void {
    this.#arrived.push({ error: new UnreadableMessageError(cause) });
  }

  protected ended(error: Error): void {
    this.over ??= error;
    // Its sender waits for room no longer.
    this.#link?.close();
    this.#link = undefined;
  }
}

/** Reads the port itself, under any strategy. */
export class PortInbox extends Inbox {
  #listenerCount = 0;

  constructor(readonly port: MessagePort) {
    super();
    // All messages are read then: the host reads them before it closes a port.
    port.once('close', () => this.close());
  }

  override checkOtherSide(): void {
    if (this.over === undefined && !this.isReady && !isPortOpen(this.port))
      this.ended(new PortClosedError('received from'));
  }

  // Only while a task waits: what nobody takes stays in the port.
  override listen(): void {
    if (this.#listenerCount++ > 0) return;
    this.port.on('message', this.#onMessage);
    this.port.on('messageerror', this.#onMessageError);
  }

  override stopListening(): void {
    if (--this.#listenerCount > 0) return;
    this.port.off('message', this.#onMessage);
    this.port.off('messageerror', this.#onMessageError);
  }

  /** Not while the host tells of messages. */
  override wakeFrom(wakeup: Wakeup): void {
    if (this.#listenerCount === 0) super.wakeFrom(wakeup);
  }

  protected override read(): boolean {
    // Reading a port in its `close` event would end the process (Node 20 to 26).
    if (this.over !== undefined) return false;
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) if (this.accept(next.message)) return true;
    } catch (error) {
      this.acceptUnreadable(error);
      return true;
    }
    return false;
  }

  #next(): { readonly message: unknown } | undefined {
    return receiveMessageOnPort(this.port);
  }

  readonly #onMessage = (message: unknown): void => {
    this.accept(message);
    this.serve();
  };

  readonly #onMessageError = (error: unknown): void => {
    this.acceptUnreadable(error);
    this.serve();
  };
}

/** Of a worker's own port only the host's loop tells. */
export class WorkerInbox extends Inbox {
  constructor(worker: Worker) {
    super();
    let cause: unknown;
    worker.on('message', message => {
      this.accept(message);
      this.serve();
    });
    worker.on('messageerror', error => {
      this.acceptUnreadable(error);
      this.serve();
    });
    worker.on('error', error => {
      cause = error;
    });
    worker.once('exit', code => {
      this.ended(new WorkerExitedError('a worker', code, cause));
      this.serve();
    });
  }

  override checkOtherSide(): void {}
  override listen(): void {}
  override stopListening(): void {}

  protected override read(): boolean {
    return false;
  }
}

const inboxes = new WeakMap<object, Inbox>();

export function inboxOf(port: MessagePort | Worker): Inbox {
  let inbox = inboxes.get(port);
  if (inbox === undefined) {
    inbox = port instanceof Worker ? new WorkerInbox(port) : new PortInbox(port);
    inboxes.set(port, inbox);
  }
  return inbox;
}

/** Undefined if nobody has received from the port. */
export function knownInboxOf(port: object): Inbox | undefined {
  return inboxes.get(port);
}
