import { type Instant, SleepStrategy, type Wakeup } from '@escapement/core';
import { VirtualClock } from './virtual-clock.js';

/**
 * Lets time pass by jumping to the next deadline.
 *
 * Cost: none. Lateness: none. An hour of sleeping takes as long as its steps do, and each run is like the one before.
 * Nothing real is waited for: time jumps on whatever a file, a socket or another thread may be about to say, and where
 * there is nothing else left to wait for, the run ends with `DeadlockError` instead of hanging.
 * Choose it for tests and simulations.
 */
export class VirtualTimeStrategy extends SleepStrategy {
  override readonly alias = 'virtual-time';
  override readonly waits = 'jumps';

  constructor(override readonly clock: VirtualClock) {
    super();
  }

  override sleep(until: Instant, wakeup: Wakeup): void {
    // Something has happened already, at this instant.
    if (wakeup.requested) return;
    // A deadline may have passed while a step moved the clock.
    if (until > this.clock.now()) this.clock.advanceTo(until);
  }
}
