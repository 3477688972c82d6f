import type { Instant } from '../extension-points/instant.js';
import { LoopCall, type LoopCaller } from './loop-call.js';

/** The event behind `now()`. */
export class Now extends LoopCall<Instant> {
  override readonly kind = 'now';

  /** @internal */
  override answer(loop: LoopCaller): Instant {
    return loop.now();
  }
}

const NOW = new Now();

/**
 * `yield* now()` is the present instant on the loop's clock. The task goes on at once; no other runs in between.
 *
 * @example const start = yield* now();
 */
export function now(): Now {
  return NOW;
}
