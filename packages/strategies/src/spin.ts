import type { Clock, Duration, Instant, Wakeup } from '@escapement/core';

/** A clock that stands still must not keep the thread for ever: the loop notices that, and says so. */
const MOST_READS_OF_ONE_INSTANT = 1000;
/** In between, the loop polls its handlers. Its code stays warm, too: a cold turn, after the deadline, takes longer than this. */
const SLICE: Duration = 0.01;

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

/** As `spinUntil`, for a strategy that spins for longer: returns to the loop after 10 us, or 20 if that is all. */
export function spinTowards(until: Instant, now: Instant, clock: Clock, wakeup: Wakeup): Instant {
  return spinUntil(until - now < 2 * SLICE ? until : now + SLICE, clock, wakeup);
}
