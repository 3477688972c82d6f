import type { Waiter } from '@escapement/core';
import { DescriptorClosedError } from './descriptor-closed-error.js';
import { Interest } from './interest.js';
import type { Readiness } from './readiness.js';
import { forEachWaiter, sizeOf, type WaiterSet, withoutWaiter, withWaiter } from './waiter-set.js';

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

  /** @returns how many waiters were removed: 0 if closing the descriptor has settled `waiter` already */
  remove(interest: Interest, waiter: Waiter<void>): number {
    const before = this.waiterCount;
    if (interest === Interest.read) this.#readers = withoutWaiter(this.#readers, waiter);
    else this.#writers = withoutWaiter(this.#writers, waiter);
    return before - this.waiterCount;
  }

  /** Resolves every waiter for any of `ready`. @returns how many */
  resolve(ready: Interest): number {
    const before = this.waiterCount;
    if (ready & Interest.read) {
      forEachWaiter(this.#readers, resolveWaiter);
      this.#readers = undefined;
    }
    if (ready & Interest.write) {
      forEachWaiter(this.#writers, resolveWaiter);
      this.#writers = undefined;
    }
    return before - this.waiterCount;
  }

  /** The descriptor was closed: rejects every waiter. @returns how many */
  reject(): number {
    const count = this.waiterCount;
    forEachWaiter(this.#readers, waiter => waiter.reject(this.#closedError(waiter, 'readable')));
    forEachWaiter(this.#writers, waiter => waiter.reject(this.#closedError(waiter, 'writable')));
    this.#readers = this.#writers = undefined;
    return count;
  }

  #closedError(waiter: Waiter<void>, awaited: 'readable' | 'writable'): DescriptorClosedError {
    return new DescriptorClosedError(waiter.task?.name, this.fd, awaited);
  }
}

function resolveWaiter(waiter: Waiter<void>): void {
  waiter.resolve();
}
