import type { Waiter } from '@escapement/core';
import { DescriptorClosedError } from './descriptor-closed-error.js';
import { Interest } from './interest.js';
import type { Readiness } from './readiness.js';
import { forEachIn, joined, lengthOf, type WaitLine, without } from './wait-line.js';

/** A descriptor that somebody waits for, or waited for lately. */
export class WatchedDescriptor {
  #readers: WaitLine;
  #writers: WaitLine;
  /** What the selector looks for. */
  watched: Interest = Interest.none;
  /** What was waited for last. */
  lastEvent: Readiness | undefined;
  /** Whether `Doubts` has it. */
  isDoubted = false;

  constructor(readonly fd: number) {}

  /** What somebody waits for. */
  get wanted(): Interest {
    return (this.#readers === undefined ? 0 : Interest.read) | (this.#writers === undefined ? 0 : Interest.write);
  }

  get waiting(): number {
    return lengthOf(this.#readers) + lengthOf(this.#writers);
  }

  join(event: Readiness, waiter: Waiter<void>): void {
    this.lastEvent = event;
    if (event.interest === Interest.read) this.#readers = joined(this.#readers, waiter);
    else this.#writers = joined(this.#writers, waiter);
  }

  /** @returns how many left: none, if it was settled by the closing of the descriptor */
  leave(interest: Interest, waiter: Waiter<void>): number {
    const before = this.waiting;
    if (interest === Interest.read) this.#readers = without(this.#readers, waiter);
    else this.#writers = without(this.#writers, waiter);
    return before - this.waiting;
  }

  /** Settles all who wait for any of `ready`. @returns how many */
  settle(ready: Interest): number {
    const before = this.waiting;
    if (ready & Interest.read) {
      forEachIn(this.#readers, resolve);
      this.#readers = undefined;
    }
    if (ready & Interest.write) {
      forEachIn(this.#writers, resolve);
      this.#writers = undefined;
    }
    return before - this.waiting;
  }

  /** The descriptor was closed. @returns how many waited */
  fail(): number {
    const count = this.waiting;
    forEachIn(this.#readers, waiter => waiter.reject(this.#closedError(waiter, 'readable')));
    forEachIn(this.#writers, waiter => waiter.reject(this.#closedError(waiter, 'writable')));
    this.#readers = this.#writers = undefined;
    return count;
  }

  #closedError(waiter: Waiter<void>, awaited: 'readable' | 'writable'): DescriptorClosedError {
    return new DescriptorClosedError(waiter.task?.name, this.fd, awaited);
  }
}

function resolve(waiter: Waiter<void>): void {
  waiter.resolve();
}
