import { Clock, type Instant, SleepStrategy, type Wakeup } from '@escapement/core';

/**
 * Blocks the thread in `Atomics.wait`, on a futex where the system has them.
 *
 * Cost: no CPU time. Lateness: the system's timer slack and a thread switch, some 50 to 200 us on Linux. The host's event
 * loop is blocked: no promise, stream or signal handler of the host runs until the program is done.
 * Choose it for programs that run entirely in this loop, and in worker threads. The main thread of a page forbids it.
 */
export class AtomicsWaitStrategy extends SleepStrategy {
  override readonly alias = 'atomics-wait';
  override readonly waits = 'blocks';

  constructor(override readonly clock: Clock) {
    super();
  }

  override sleep(until: Instant, wakeup: Wakeup): void {
    const duration = until - this.clock.now();
    // Returns at once if a wakeup was requested. It may end slightly early; the loop then sleeps again.
    if (duration > 0) Atomics.wait(wakeup.word, 0, 0, duration);
  }
}
