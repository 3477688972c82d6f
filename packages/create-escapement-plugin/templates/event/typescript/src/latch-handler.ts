import { EventHandler, type Waiter } from '@escapement/core';
import { LatchOpened } from './latch.js';

/** Knows how to wait for a `LatchOpened`. */
export class LatchHandler extends EventHandler<LatchOpened> {
  // So that messages show it in minified code, too.
  static override readonly name = 'LatchHandler';
  override readonly handles = LatchOpened;

  /** A task waits: settle the waiter exactly once, now or later. */
  override arm(event: LatchOpened, waiter: Waiter<void>): void {
    event.latch.add(waiter);
  }

  /** The task was cancelled: forget the waiter. */
  override disarm(event: LatchOpened, waiter: Waiter<void>): void {
    event.latch.remove(waiter);
  }
}
