import { type Instant, SleepStrategy, type Wakeup } from '@escapement/core';
import { VirtualClock } from './virtual-clock.js';

/**
 * Lets time pass by jumping to the next deadline.
 *
 * Cost: none. Lateness: none. An hour of sleep takes only the time of its steps, and every run is the same.
 * The loop waits for nothing real: the clock jumps even if a file, a socket or another thread is about to end a wait. When
 * only such waits are left, the run ends with `DeadlockError` instead of hanging.
 * Choose it for tests and simulations.
 */
export class VirtualTimeStrategy extends SleepStrategy {
  override readonly alias = 'virtual-time';
  override readonly waits = 'jumps';

  constructor(override readonly clock: VirtualClock) {
    super();
  }

  override sleep(until: Instant, wakeup: Wakeup): void {
    // A task became ready at this instant.
    if (wakeup.requested) return;
    // A deadline may have passed while a step moved the clock.
    if (until > this.clock.now()) this.clock.advanceTo(until);
  }
}
