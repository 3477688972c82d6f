import { Clock, type Duration, type Instant, SleepStrategy, type Wakeup } from '@escapement/core';

/** Between two looks at the loop's handlers: long against the look itself, short against what anybody can notice. */
const LOOK_UP_EVERY: Duration = 0.005;

/**
 * Reads the clock again and again.
 *
 * Cost: one core, all of it, also while nothing happens. Lateness: around a microsecond; after a long wait some more,
 * for the caches have gone cold.
 * Choose it where a microsecond counts and a core can be spared for it: measuring, hardware, short waits in the middle
 * of other work. With fewer cores than busy threads it is the worst choice: whoever should end the wait cannot run.
 */
export class BusyWaitStrategy extends SleepStrategy {
  override readonly alias = 'busy-wait';
  override readonly waits = 'spins';

  constructor(override readonly clock: Clock) {
    super();
  }

  override sleep(until: Instant, wakeup: Wakeup): void {
    const lookUp = Math.min(until, this.clock.now() + LOOK_UP_EVERY);
    while (this.clock.now() < lookUp && !wakeup.requested);
  }
}
