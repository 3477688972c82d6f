import { type Answer, ImmediateEvent, type Waiter, WaitQueue, type Wakeup } from '@escapement/core';

/**
 * One direction of a port: messages that come, or room for messages to send. Tasks wait here in the order in which they came.
 * It belongs to the port and not to a loop, so several loops of a thread can use it, one after the other.
 */
export abstract class PortEnd {
  readonly #waiting = new WaitQueue<PortWait>();
  #waitCount = 0;

  /** Whether a task waits. */
  get isAwaited(): boolean {
    return this.#waitCount > 0;
  }

  /** Whether `perform` of an event would have a result, or an error. Asks the port, but not whether the other side lives. */
  abstract get isReady(): boolean;

  /** Finds out whether the other side still lives. Costs about 20 us. */
  abstract checkOtherSide(): void;

  /** Whether nothing but looking finds what has happened, because the other side does not request the wakeup. */
  abstract get needsLook(): boolean;

  /** From now on the other side requests `wakeup` when something has happened, once. */
  abstract wakeFrom(wakeup: Wakeup): void;

  /** From now on the host calls `serve` when something has happened, until `stopListening`. */
  abstract listen(): void;
  abstract stopListening(): void;

  add(wait: PortWait): void {
    this.#waiting.add(wait);
    this.#waitCount++;
  }

  abandoned(): void {
    this.#waiting.abandoned();
    this.#waitCount--;
  }

  /** Settles waits as long as there is something for them. */
  serve(): void {
    while (this.#waitCount > 0 && this.isReady) {
      this.#waitCount--;
      this.#waiting.take()?.complete();
    }
  }
}

/** An event of this package: a message is received, or is sent. */
export abstract class PortEvent<out R = unknown> extends ImmediateEvent<R> {
  static override readonly name: string = 'PortEvent';
  static override readonly servedBy: string = 'portModule of @escapement/workers/module';
  /** A brand: without it, every event would have this type. The field does not exist at run time. */
  protected declare readonly _isOfPort: true;

  /** @internal */
  abstract readonly end: PortEnd;

  /** @internal Takes or sends the message; only if its end is ready. */
  abstract perform(): R;

  override attempt(): Answer<R> | undefined {
    const { end } = this;
    return !end.isAwaited && end.isReady ? { done: true, value: this.perform() } : undefined;
  }
}

/** A task that waits at an end. */
export class PortWait {
  constructor(
    readonly event: PortEvent,
    readonly waiter: Waiter<unknown>,
    readonly over: (end: PortEnd) => void,
  ) {}

  get isSettled(): boolean {
    return this.waiter.isSettled;
  }

  complete(): void {
    this.over(this.event.end);
    try {
      this.waiter.resolve(this.event.perform());
    } catch (error) {
      this.waiter.reject(error);
    }
  }
}
