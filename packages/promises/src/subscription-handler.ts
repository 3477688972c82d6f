import { EventHandler, type Waiter } from '@escapement/core';
import { NextItem, type Taker } from './subscription.js';

/** Waits for the items of subscriptions, which keep their takers. */
export class SubscriptionHandler extends EventHandler<NextItem> {
  static override readonly name: string = 'SubscriptionHandler';
  override readonly handles = NextItem;
  override readonly needsHost = true;
  #inFlight = 0;

  override arm(event: NextItem, waiter: Waiter<IteratorResult<unknown, undefined>>): void {
    this.#inFlight++;
    event.subscription.addTaker(new WaitingTaker(waiter, () => this.#inFlight--));
  }

  override disarm(event: NextItem): void {
    this.#inFlight--;
    event.subscription.takerAbandoned();
  }

  override inFlight(): number {
    return this.#inFlight;
  }

  /** Nothing of an ended run must count. */
  override close(): void {
    this.#inFlight = 0;
  }
}

class WaitingTaker implements Taker {
  constructor(
    readonly waiter: Waiter<IteratorResult<unknown, undefined>>,
    readonly served: () => void,
  ) {}

  get isSettled(): boolean {
    return this.waiter.isSettled;
  }

  resolve(next: IteratorResult<unknown, undefined>): void {
    this.served();
    this.waiter.resolve(next);
  }

  reject(error: unknown): void {
    this.served();
    this.waiter.reject(error);
  }
}
