import type { MessagePort, TransferListItem, Worker } from 'node:worker_threads';
import type { Wakeup } from '@escapement/core';
import { PortClosedError } from './errors.js';
import { isPortOpen } from './is-port-open.js';
import { Link } from './link.js';
import { PortEnd } from './port-event.js';

/** Room for messages to send. */
export class Outbox extends PortEnd {
  readonly #link: Link;
  #sent = 0;
  #isOver = false;

  constructor(
    readonly port: MessagePort | Worker,
    readonly credit: number,
  ) {
    super();
    const { link, hello, transfer } = Link.open();
    this.#link = link;
    port.postMessage(hello, transfer);
    // Both have `once`, and no type for what they share.
    const close = () => this.close();
    if ('postMessage' in port && 'close' in port) port.once('close', close);
    else port.once('exit', close);
  }

  override get isReady(): boolean {
    return this.isOver || this.hasRoom;
  }

  get hasRoom(): boolean {
    // In 32 bits, like the shared word.
    return ((this.#sent - this.#link.taken) | 0) < this.credit;
  }

  get isOver(): boolean {
    if (this.#link.isClosed) this.close();
    return this.#isOver;
  }

  post(message: unknown, transfer: readonly object[]): void {
    if (this.isOver) throw new PortClosedError('sent to');
    this.port.postMessage(message, transfer as readonly TransferListItem[]);
    this.#sent = (this.#sent + 1) | 0;
    this.#link.wakeOther();
  }

  override checkOtherSide(): void {
    if (!this.#link.isAlive || ('close' in this.port && !isPortOpen(this.port))) this.close();
  }

  override get needsLook(): boolean {
    return false;
  }

  override wakeFrom(wakeup: Wakeup): void {
    if (!this.isOver) this.#link.wakeFrom(wakeup);
  }

  override listen(): void {}
  override stopListening(): void {}

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#link.close();
    this.serve();
  }
}
