import type { Duration, Instant } from '@escapement/core';
import type { Readiness } from './readiness.js';
import type { WatchedDescriptor } from './watched-descriptor.js';

/** Long against the time between two waits of a server at work, short against what anybody would notice. */
const PATIENCE: Duration = 20;
/** Where the same event is waited for again: whoever keeps it keeps the descriptor, too, if nothing is amiss. */
const PATIENCE_WITH_OWNERS: Duration = 1000;

/**
 * @internal Descriptors that are waited for again, without the selector being told so: meanwhile their numbers may have come
 * to belong to others. It is asked about all of them at once, a while later; whoever waits a thousand times until then has
 * caused one question.
 */
export class Doubts {
  readonly #doubted: WatchedDescriptor[] = [];
  #dueAt: Instant = Infinity;

  /** When to settle them. */
  get dueAt(): Instant {
    return this.#dueAt;
  }

  add(descriptor: WatchedDescriptor, event: Readiness, now: Instant): void {
    const dueAt = now + (event === descriptor.lastEvent ? PATIENCE_WITH_OWNERS : PATIENCE);
    if (dueAt < this.#dueAt) this.#dueAt = dueAt;
    if (descriptor.isDoubted) return;
    descriptor.isDoubted = true;
    this.#doubted.push(descriptor);
  }

  settle(confirm: (descriptor: WatchedDescriptor) => void): void {
    this.#dueAt = Infinity;
    for (let descriptor = this.#doubted.pop(); descriptor !== undefined; descriptor = this.#doubted.pop()) {
      descriptor.isDoubted = false;
      confirm(descriptor);
    }
  }
}
