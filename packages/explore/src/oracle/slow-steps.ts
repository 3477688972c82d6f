import type { Duration } from '@escapement/core';
import type { VirtualClock } from '@escapement/virtual-time';
import type { Oracle } from './oracle.js';

/**
 * Lets time pass during a step, as in a step that computes for long. Else a deadline could never pass while a task is ready: virtual
 * time moves only when all tasks wait.
 */
export class SlowSteps {
  constructor(
    private readonly oracle: Oracle,
    private readonly clock: VirtualClock,
    private readonly duration: Duration,
  ) {}

  /** A step has ended: the oracle chooses whether it took long. */
  offer(): void {
    if (this.duration > 0 && this.oracle.choose('slow', 2) === 1) {
      this.clock.advanceTo(this.clock.now() + this.duration);
    }
  }
}
