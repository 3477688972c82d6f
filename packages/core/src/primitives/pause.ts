import type { Sent } from '../events/coroutine.js';
import { iterateOnce } from '../events/event-iterator.js';
import { LoopEvent } from '../events/loop-event.js';

/** The event behind `pause()`. */
export class Pause extends LoopEvent<void> {
  override readonly kind = 'pause';
  // Made once, so that a switch allocates nothing.
  readonly #step: IteratorYieldResult<this> = { done: false, value: this };

  override [Symbol.iterator](): Iterator<this, void, Sent> {
    return iterateOnce(this.#step);
  }
}

/** @internal */
export const PAUSE = new Pause();

/**
 * `yield* pause()` lets every other ready task run, and comes back.
 *
 * @example for (const item of items) { work(item); yield* pause(); }
 */
export function pause(): Pause {
  return PAUSE;
}
