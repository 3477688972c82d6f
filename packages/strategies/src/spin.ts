import type { Clock, Instant, Wakeup } from '@escapement/core';

/** A clock that stands still must not keep the thread for ever: the loop notices that, and says so. */
const MOST_READS_OF_ONE_INSTANT = 1000;

/** Reads the clock until the deadline, a request for the wakeup, or as long as the clock moves. @returns the last reading */
export function spinUntil(until: Instant, clock: Clock, wakeup: Wakeup): Instant {
  let now = clock.now();
  for (let reads = 0; now < until && reads < MOST_READS_OF_ONE_INSTANT && !wakeup.requested; reads++) {
    const next = clock.now();
    if (next !== now) reads = 0;
    now = next;
  }
  return now;
}
