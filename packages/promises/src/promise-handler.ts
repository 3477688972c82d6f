import { EventHandler, type Waiter } from '@escapement/core';
import { type Settler, waitersOf } from './reaction.js';
import { Resolved } from './resolved.js';

/**
 * Waits for promises. A promise that is waited for and abandoned many times, as by a `race` in a loop, holds one reaction only,
 * and keeps no abandoned task in memory.
 */
export class PromiseHandler extends EventHandler<Resolved> implements Settler<Waiter<unknown>> {
  static override readonly name: string = 'PromiseHandler';
  override readonly handles = Resolved;
  override readonly needsHost = true;
  #inFlight = 0;

  override arm({ promise }: Resolved, waiter: Waiter<unknown>): void {
    waitersOf(promise).set(waiter, this);
    this.#inFlight++;
  }

  override interrupt(event: Resolved): boolean {
    return event.isAbandonedWhenCancelled;
  }

  override disarm({ promise }: Resolved, waiter: Waiter<unknown>): void {
    if (waitersOf(promise).delete(waiter)) this.#inFlight--;
  }

  override inFlight(): number {
    return this.#inFlight;
  }

  /** @internal */
  settle(waiter: Waiter<unknown>, message: unknown, isRejection: boolean): void {
    if (waiter.isSettled) return;
    this.#inFlight--;
    if (isRejection) waiter.reject(message);
    else waiter.resolve(message);
  }

  /** Nothing of an ended run must count. */
  override close(): void {
    this.#inFlight = 0;
  }
}
