import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { isPortOpen } from '@escapement/workers';
import { EventHandler, handlerModule, LoopEvent, type Waiter, Wakeup } from 'escapement';

/** How often the handler looks whether the threads live, in milliseconds. */
const CHECK_INTERVAL = 100;

/** What the thread gets as its `workerData`. */
export interface ProgressLink {
  readonly memory: SharedArrayBuffer;
  readonly port: MessagePort;
}

/** The loop's side: how far another thread has got. For one loop. */
export class Progress {
  readonly link: ProgressLink;
  readonly #words: Int32Array;
  readonly #port: MessagePort;
  #shared: Wakeup | undefined;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    this.#port = port1;
    this.link = { memory: new SharedArrayBuffer(4), port: port2 };
    this.#words = new Int32Array(this.link.memory);
  }

  /** `yield* progress.reached(100)` waits until the thread has done so much. @throws if it has ended before that */
  reached(level: number): Reached {
    return new Reached(this, level);
  }

  get done(): number {
    return Atomics.load(this.#words, 0);
  }

  get isOver(): boolean {
    receiveMessageOnPort(this.#port); // nothing comes but the end, and only who reads learns of it
    return !isPortOpen(this.#port);
  }

  /** For `ReachedHandler` only. */
  share(wakeup: Wakeup): void {
    if (wakeup === this.#shared) return;
    this.#shared = wakeup;
    this.#port.postMessage(wakeup.share());
  }
}

// #region reporter
/** The other thread's side. */
export class Reporter {
  readonly #words: Int32Array;
  readonly #port: MessagePort;
  #wakeup: Wakeup | undefined;

  constructor({ memory, port }: ProgressLink) {
    this.#words = new Int32Array(memory);
    this.#port = port;
  }

  advance(): void {
    Atomics.add(this.#words, 0, 1);
    // After the result is published: so the loop that wakes up finds it.
    const message = receiveMessageOnPort(this.#port);
    if (message !== undefined) this.#wakeup = new Wakeup(message.message as SharedArrayBuffer);
    this.#wakeup?.request();
  }
}
// #endregion reporter

// #region handler
export class Reached extends LoopEvent<void> {
  override readonly kind = 'reached';

  constructor(
    readonly progress: Progress,
    readonly level: number,
  ) {
    super();
  }
}

export class ReachedHandler extends EventHandler<Reached> {
  override readonly handles = Reached;
  readonly #waits = new Map<Waiter<void>, Reached>();
  #checkedAt = -Infinity;

  override arm(event: Reached, waiter: Waiter<void>): void {
    this.#waits.set(waiter, event);
  }

  override disarm(_event: Reached, waiter: Waiter<void>): void {
    this.#waits.delete(waiter);
  }

  override poll(now: number): void {
    const isCheckDue = now >= this.#checkedAt + CHECK_INTERVAL;
    if (isCheckDue) this.#checkedAt = now;
    for (const [waiter, { progress, level }] of this.#waits) {
      const isOver = isCheckDue && progress.isOver; // before `done`: what was done before the end counts
      if (progress.done >= level) waiter.resolve();
      else if (isOver) waiter.reject(new Error(`the thread has ended at ${progress.done}, expected ${level}`));
      else continue;
      this.#waits.delete(waiter);
    }
  }

  override inFlight(): number {
    return this.#waits.size;
  }

  /** A thread that has died requests nothing. */
  override nextDeadline(): number {
    return this.#waits.size === 0 ? Infinity : this.#checkedAt + CHECK_INTERVAL;
  }

  override beforeSleep(wakeup: Wakeup): void {
    for (const { progress } of this.#waits.values()) progress.share(wakeup);
    this.poll(this.#checkedAt); // it may have got there before it could request
  }

  override close(): void {
    this.#waits.clear();
  }
}
// #endregion handler

export const progressModule = handlerModule(ReachedHandler);
