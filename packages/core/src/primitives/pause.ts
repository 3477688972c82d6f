import type { Sent } from '../events/coroutine.js';
import { iterateOnce } from '../events/event-iterator.js';
import { LoopEvent } from '../events/loop-event.js';

/** The event of `pause()`. */
export class Pause extends LoopEvent<void> {
  override readonly kind = 'pause';
  // Allocated once, so that a pause allocates nothing.
  readonly #step: IteratorYieldResult<this> = { done: false, value: this };

  override [Symbol.iterator](): Iterator<this, void, Sent> {
    return iterateOnce(this.#step);
  }
}

/** @internal */
export const PAUSE = new Pause();

/**
 * `yield* pause()` lets the other ready tasks run first.
 *
 * @example for (const item of items) { work(item); yield* pause(); }
 */
export function pause(): Pause {
  return PAUSE;
}
