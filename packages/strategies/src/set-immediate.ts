import { Clock, type Instant, SleepStrategy, type Wakeup } from '@escapement/core';
import { MissingHostFeatureError } from './errors.js';

/** Then it returns early: if the clock stands still, the loop notices that, and says so. */
const MOST_TURNS = 1000;

/**
 * Yields the thread to the host in one turn of its loop after the other, by `setImmediate`, until the deadline.
 *
 * Cost: a whole core, also while nothing happens. Lateness: a few microseconds while the host has nothing to do, else as long
 * as its callbacks take. The host goes on running: promises, streams, HTTP servers.
 * Choose it where microseconds count, the loop shares its thread with other code, and a core is free: measurements, short
 * waits between devices and sockets of Node. Not for a server, which would use a core without a request; nor on battery.
 * `PreciseTimeoutStrategy` is as exact for part of the CPU time if the sleeps are longer than a few milliseconds.
 * A page has no `setImmediate`: there, `MessageChannelStrategy`.
 */
export class SetImmediateStrategy extends SleepStrategy {
  override readonly alias = 'set-immediate';
  override readonly waits = 'yields';

  /** @throws MissingHostFeatureError if the host has no `setImmediate` */
  constructor(override readonly clock: Clock) {
    super();
    if (typeof setImmediate === 'function') return;
    throw new MissingHostFeatureError('SetImmediateStrategy', 'setImmediate', 'In a page use MessageChannelStrategy.');
  }

  override async sleep(until: Instant, wakeup: Wakeup): Promise<void> {
    let turns = 0;
    do await new Promise<void>(resolve => setImmediate(resolve));
    while (this.clock.now() < until && !wakeup.requested && ++turns < MOST_TURNS);
  }
}
