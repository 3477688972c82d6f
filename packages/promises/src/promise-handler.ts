import { EventHandler, type Waiter } from '@escapement/core';
import { Resolved } from './resolved.js';

/**
 * Waits for promises. However often one is waited for and abandoned, as in a `race` in a loop, it holds one reaction, and
 * nothing of the tasks that gave up.
 */
export class PromiseHandler extends EventHandler<Resolved> {
  static override readonly name: string = 'PromiseHandler';
  override readonly handles = Resolved;
  override readonly needsHost = true;
  /** Who waits for a promise that was asked and has not answered; nobody, perhaps. */
  readonly #waiters = new WeakMap<PromiseLike<unknown>, Set<Waiter<unknown>>>();
  #inFlight = 0;

  override arm({ promise }: Resolved, waiter: Waiter<unknown>): void {
    const waiters = this.#waiters.get(promise) ?? this.#ask(promise);
    waiters.add(waiter);
    this.#inFlight++;
  }

  override disarm({ promise }: Resolved, waiter: Waiter<unknown>): void {
    if (this.#waiters.get(promise)?.delete(waiter)) this.#inFlight--;
  }

  override inFlight(): number {
    return this.#inFlight;
  }

  /** The waiters of a run that broke are over, and do not count. */
  override close(): void {
    this.#inFlight = 0;
  }

  #ask(promise: PromiseLike<unknown>): Set<Waiter<unknown>> {
    const waiters = new Set<Waiter<unknown>>();
    this.#waiters.set(promise, waiters);
    const settleAll = (settle: (waiter: Waiter<unknown>) => void) => {
      // Asked again, a promise answers the same; what merely has a `then` may do otherwise.
      this.#waiters.delete(promise);
      for (const waiter of waiters) {
        if (waiter.isSettled) continue;
        this.#inFlight--;
        settle(waiter);
      }
    };
    // `Promise.resolve` gives a promise back as it is, and tames what merely has a `then`: once, later, and not thrown.
    Promise.resolve(promise).then(
      value => settleAll(waiter => waiter.resolve(value)),
      error => settleAll(waiter => waiter.reject(error)),
    );
    return waiters;
  }
}
