import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { EventHandler, handlerModule, LoopEvent, type Waiter, Wakeup } from 'escapement';

const DONE = 0;
const OVER = 1;

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
    this.link = { memory: new SharedArrayBuffer(8), port: port2 };
    this.#words = new Int32Array(this.link.memory);
  }

  /** `yield* progress.reached(100)` waits until the thread has done so much. @throws if it has ended before that */
  reached(level: number): Reached {
    return new Reached(this, level);
  }

  get done(): number {
    return Atomics.load(this.#words, DONE);
  }

  get isOver(): boolean {
    return Atomics.load(this.#words, OVER) === 1;
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
    Atomics.add(this.#words, DONE, 1);
    this.#wake();
  }

  end(): void {
    Atomics.store(this.#words, OVER, 1);
    this.#wake();
  }

  // After the result is published: so the loop that wakes up finds it.
  #wake(): void {
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

  override arm(event: Reached, waiter: Waiter<void>): void {
    this.#waits.set(waiter, event);
  }

  override disarm(_event: Reached, waiter: Waiter<void>): void {
    this.#waits.delete(waiter);
  }

  override poll(): void {
    for (const [waiter, { progress, level }] of this.#waits) {
      const { isOver } = progress; // before `done`: what was done before the end counts
      if (progress.done >= level) waiter.resolve();
      else if (isOver) waiter.reject(new Error(`the thread has ended at ${progress.done}, expected ${level}`));
      else continue;
      this.#waits.delete(waiter);
    }
  }

  override inFlight(): number {
    return this.#waits.size;
  }

  override beforeSleep(wakeup: Wakeup): void {
    for (const { progress } of this.#waits.values()) progress.share(wakeup);
    this.poll(); // it may have got there before it could request
  }

  override close(): void {
    this.#waits.clear();
  }
}
// #endregion handler

export const progressModule = handlerModule(ReachedHandler);
