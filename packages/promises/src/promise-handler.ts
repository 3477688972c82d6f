import { EventHandler, type Waiter } from '@escapement/core';
import { Resolved } from './resolved.js';

/**
 * Waits for promises. A promise that is waited for and abandoned many times, as by a `race` in a loop, holds one reaction only,
 * and keeps no abandoned task in memory.
 */
export class PromiseHandler extends EventHandler<Resolved> {
  static override readonly name: string = 'PromiseHandler';
  override readonly handles = Resolved;
  override readonly needsHost = true;
  /** The waiters of each promise that has its reaction and has not settled; there may be none left. */
  readonly #waiters = new WeakMap<PromiseLike<unknown>, Set<Waiter<unknown>>>();
  #inFlight = 0;

  override arm({ promise }: Resolved, waiter: Waiter<unknown>): void {
    const waiters = this.#waiters.get(promise) ?? this.#react(promise);
    waiters.add(waiter);
    this.#inFlight++;
  }

  override disarm({ promise }: Resolved, waiter: Waiter<unknown>): void {
    if (this.#waiters.get(promise)?.delete(waiter)) this.#inFlight--;
  }

  override inFlight(): number {
    return this.#inFlight;
  }

  /** The waiters of a run that broke were not disarmed, and must not count. */
  override close(): void {
    this.#inFlight = 0;
  }

  #react(promise: PromiseLike<unknown>): Set<Waiter<unknown>> {
    const waiters = new Set<Waiter<unknown>>();
    this.#waiters.set(promise, waiters);
    const settleAll = (settle: (waiter: Waiter<unknown>) => void) => {
      // A later wait adds a new reaction: a promise settles the same again, but a plain thenable may not.
      this.#waiters.delete(promise);
      for (const waiter of waiters) {
        if (waiter.isSettled) continue;
        this.#inFlight--;
        settle(waiter);
      }
    };
    // `Promise.resolve` returns a promise as it is. It wraps a plain thenable, so that it settles once, later, and does not throw.
    Promise.resolve(promise).then(
      value => settleAll(waiter => waiter.resolve(value)),
      error => settleAll(waiter => waiter.reject(error)),
    );
    return waiters;
  }
}
