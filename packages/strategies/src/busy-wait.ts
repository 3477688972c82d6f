import { Clock, type Duration, type Instant, SleepStrategy, type Wakeup } from '@escapement/core';

/** The interval at which the loop polls its handlers: long compared with a poll, too short to notice. */
const POLL_INTERVAL: Duration = 0.005;
/** A clock that stands still must not keep the thread for ever: the loop notices that, and says so. A real one takes 200. */
const MOST_READS = 1000;

/**
 * Spins: reads the clock until the deadline.
 *
 * Cost: a whole core, also while nothing happens. Lateness: around a microsecond; more after a long wait, when the caches
 * are cold.
 * Choose it where microseconds count and a core is free: measurements, hardware, short waits in the middle of other work.
 * With fewer cores than busy threads it is the worst choice: the thread that should end the wait cannot run.
 */
export class BusyWaitStrategy extends SleepStrategy {
  override readonly alias = 'busy-wait';
  override readonly waits = 'spins';

  constructor(override readonly clock: Clock) {
    super();
  }

  override sleep(until: Instant, wakeup: Wakeup): void {
    const nextPoll = Math.min(until, this.clock.now() + POLL_INTERVAL);
    for (let reads = 0; reads < MOST_READS && this.clock.now() < nextPoll && !wakeup.requested; reads++);
  }
}
