import { EventHandler } from '@escapement/core';
import { LatchOpened } from './latch.js';

/** Knows how to wait for a `LatchOpened`. */
export class LatchHandler extends EventHandler {
  // So that messages show it in minified code, too.
  static name = 'LatchHandler';
  handles = LatchOpened;

  /** A task waits: settle the waiter exactly once, now or later. */
  arm(event, waiter) {
    event.latch.add(waiter);
  }

  /** The task was cancelled: forget the waiter. */
  disarm(event, waiter) {
    event.latch.remove(waiter);
  }
}
