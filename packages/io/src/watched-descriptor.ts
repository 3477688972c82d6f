import type { Waiter } from '@escapement/core';
import { DescriptorClosedError } from './descriptor-closed-error.js';
import { Interest } from './interest.js';
import type { Readiness } from './readiness.js';
import { forEachWaiter, sizeOf, type WaiterSet, withoutWaiter, withWaiter } from './waiter-set.js';

type Settle = (waiter: Waiter<void>) => void;

/** A descriptor that the selector watches, with its waiters. It may have none for the moment. */
export class WatchedDescriptor {
  #readers: WaiterSet;
  #writers: WaiterSet;
  /** What the selector watches it for. */
  watched: Interest = Interest.none;
  /** The event of the latest wait. */
  lastEvent: Readiness | undefined;
  isInRecheckQueue = false;

  constructor(readonly fd: number) {}

  /** What its waiters wait for. */
  get wanted(): Interest {
    return (this.#readers === undefined ? 0 : Interest.read) | (this.#writers === undefined ? 0 : Interest.write);
  }

  get waiterCount(): number {
    return sizeOf(this.#readers) + sizeOf(this.#writers);
  }

  add(event: Readiness, waiter: Waiter<void>): void {
    this.lastEvent = event;
    if (event.interest === Interest.read) this.#readers = withWaiter(this.#readers, waiter);
    else this.#writers = withWaiter(this.#writers, waiter);
  }

  /** @returns how many waiters were removed: 0 if `waiter` is being settled, or was settled when the descriptor was closed */
  remove(interest: Interest, waiter: Waiter<void>): number {
    const before = this.waiterCount;
    if (interest === Interest.read) this.#readers = withoutWaiter(this.#readers, waiter);
    else this.#writers = withoutWaiter(this.#writers, waiter);
    return before - this.waiterCount;
  }

  /** Resolves every waiter for any of `ready`. @returns how many */
  resolve(ready: Interest): number {
    return this.#settle(ready, resolveWaiter, resolveWaiter);
  }

  /** The descriptor was closed: rejects every waiter. @returns how many */
  reject(): number {
    const rejecting = (awaited: 'readable' | 'writable') => (waiter: Waiter<void>) =>
      waiter.reject(this.#closedError(waiter, awaited));
    return this.#settle(Interest.both, rejecting('readable'), rejecting('writable'));
  }

  #settle(interest: Interest, settleReader: Settle, settleWriter: Settle): number {
    const readers = interest & Interest.read ? this.#readers : undefined;
    const writers = interest & Interest.write ? this.#writers : undefined;
    // Before any is settled, because that may disarm others: each is counted once.
    if (interest & Interest.read) this.#readers = undefined;
    if (interest & Interest.write) this.#writers = undefined;
    const count = sizeOf(readers) + sizeOf(writers);
    forEachWaiter(readers, settleReader);
    forEachWaiter(writers, settleWriter);
    return count;
  }

  #closedError(waiter: Waiter<void>, awaited: 'readable' | 'writable'): DescriptorClosedError {
    return new DescriptorClosedError(waiter.task?.name, this.fd, awaited);
  }
}

function resolveWaiter(waiter: Waiter<void>): void {
  waiter.resolve();
}
