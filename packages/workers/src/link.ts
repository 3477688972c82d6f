import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { Wakeup } from '@escapement/core';
import { isPortOpen } from './is-port-open.js';

/** Places in the shared words. */
const TAKEN = 0;
const CLOSED = 1;
const SENDER_SLEEPS = 2;
const RECEIVER_SLEEPS = 3;
const WORDS = 4;

/** A sender's first message has this key. Of a symbol nothing would be left. */
const HELLO = '@escapement/workers: link';

interface Hello {
  readonly [HELLO]: true;
  readonly words: SharedArrayBuffer;
  readonly control: MessagePort;
}

/**
 * What a sender and the receiver of its messages share beside the port: how many messages were taken, whether one of them has
 * closed, and for each a flag that its loop is about to sleep and wants a wakeup. The memory of that wakeup goes to the other
 * side through a channel of their own, once for each loop.
 */
export class Link {
  readonly #words: Int32Array;
  readonly #control: MessagePort;
  readonly #mySleep: number;
  readonly #othersSleep: number;
  /** The control port must not be read any more: in its `close` event that would end the process (Node 20 to 26). */
  #isDone = false;
  #published: Wakeup | undefined;
  #othersWakeup: Wakeup | undefined;

  private constructor(words: Int32Array, control: MessagePort, mySleep: number, othersSleep: number) {
    this.#words = words;
    this.#control = control;
    this.#mySleep = mySleep;
    this.#othersSleep = othersSleep;
    control.once('close', () => {
      this.#isDone = true;
    });
  }

  /** The sender's side, and the message that makes the receiver's, to be sent with the ports that it has. */
  static open(): { link: Link; hello: object; transfer: readonly MessagePort[] } {
    const { port1, port2 } = new MessageChannel();
    const words = new SharedArrayBuffer(4 * WORDS);
    const hello: Hello = { [HELLO]: true, words, control: port2 };
    const link = new Link(new Int32Array(words), port1, SENDER_SLEEPS, RECEIVER_SLEEPS);
    return { link, hello, transfer: [port2] };
  }

  /** The receiver's side; undefined if the message is not the first one of a sender. */
  static from(message: unknown): Link | undefined {
    if (typeof message !== 'object' || message === null || !(HELLO in message)) return undefined;
    const { words, control } = message as Hello;
    return new Link(new Int32Array(words), control, RECEIVER_SLEEPS, SENDER_SLEEPS);
  }

  /** How many messages the receiver has taken, in 32 bits. */
  get taken(): number {
    return Atomics.load(this.#words, TAKEN);
  }

  tookOne(): void {
    Atomics.add(this.#words, TAKEN, 1);
    this.wakeOther();
  }

  get isClosed(): boolean {
    return Atomics.load(this.#words, CLOSED) !== 0;
  }

  /** For both sides: the receiver may still take what was sent. */
  close(): void {
    Atomics.store(this.#words, CLOSED, 1);
    this.wakeOther();
    this.#isDone = true;
    this.#control.close();
  }

  /** Whether the other side has its half of the link: false once its thread has ended. */
  get isAlive(): boolean {
    this.#readControl();
    return !this.#isDone && isPortOpen(this.#control);
  }

  /** The next `wakeOther` of the other side ends the sleep of this one. Look again afterwards: it may have been before. */
  wakeFrom(wakeup: Wakeup): void {
    if (this.#published !== wakeup) this.#control.postMessage(wakeup.share());
    this.#published = wakeup;
    // In this order: whoever finds the flag set must find the memory.
    Atomics.store(this.#words, this.#mySleep, 1);
  }

  /** Something has happened that the other side may sleep for. */
  wakeOther(): void {
    if (Atomics.exchange(this.#words, this.#othersSleep, 0) === 0) return;
    this.#readControl();
    this.#othersWakeup?.request();
  }

  #readControl(): void {
    if (this.#isDone) return;
    for (let next = receiveMessageOnPort(this.#control); next !== undefined; next = receiveMessageOnPort(this.#control))
      this.#othersWakeup = new Wakeup(next.message);
  }
}
