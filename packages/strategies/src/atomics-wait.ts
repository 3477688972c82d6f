import { Clock, type Instant, SleepStrategy, type Wakeup } from '@escapement/core';

/**
 * Blocks the thread in `Atomics.wait`, on a futex where the system has them.
 *
 * Cost: no CPU. Lateness: what the system's timer slack and a thread switch take, some 50 to 200 us on Linux. The
 * host's own loop stands still: no promise of the host's, no stream, no signal handler runs until the program is done.
 * Choose it for programs that live in this loop altogether, and in worker threads. Not on a page's main thread, where
 * the host forbids it.
 */
export class AtomicsWaitStrategy extends SleepStrategy {
  override readonly alias = 'atomics-wait';
  override readonly waits = 'blocks';

  constructor(override readonly clock: Clock) {
    super();
  }

  override sleep(until: Instant, wakeup: Wakeup): void {
    const duration = until - this.clock.now();
    // Ends at once if the wakeup is requested already. It may end a trifle early: the loop looks again.
    if (duration > 0) Atomics.wait(wakeup.word, 0, 0, duration);
  }
}
