import type { Duration, Instant } from '@escapement/core';
import type { Readiness } from './readiness.js';
import type { WatchedDescriptor } from './watched-descriptor.js';

/** Long compared with the time between two waits of a busy server, but too short to notice. */
const DELAY: Duration = 20;
/** For a task that waits for the same event object again: a task that keeps the event very likely kept the descriptor open. */
const DELAY_SAME_EVENT: Duration = 1000;

/**
 * @internal Descriptors that a task waits for again while the selector still watches them. No system call is made for such a
 * wait, so the number may belong to another file by now. A while later the handler rechecks all of them at once: a
 * descriptor that was waited for a thousand times meanwhile costs one recheck.
 */
export class RecheckQueue {
  readonly #descriptors: WatchedDescriptor[] = [];
  #dueAt: Instant = Infinity;

  /** When to call `drain`. */
  get dueAt(): Instant {
    return this.#dueAt;
  }

  add(descriptor: WatchedDescriptor, event: Readiness, now: Instant): void {
    const dueAt = now + (event === descriptor.lastEvent ? DELAY_SAME_EVENT : DELAY);
    if (dueAt < this.#dueAt) this.#dueAt = dueAt;
    if (descriptor.isInRecheckQueue) return;
    descriptor.isInRecheckQueue = true;
    this.#descriptors.push(descriptor);
  }

  /** Empties the queue and calls `recheck` with each descriptor. */
  drain(recheck: (descriptor: WatchedDescriptor) => void): void {
    this.#dueAt = Infinity;
    for (let descriptor = this.#descriptors.pop(); descriptor !== undefined; descriptor = this.#descriptors.pop()) {
      descriptor.isInRecheckQueue = false;
      recheck(descriptor);
    }
  }

  clear(): void {
    this.drain(() => {});
  }
}
