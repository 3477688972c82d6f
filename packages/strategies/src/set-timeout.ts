import { Clock, type Duration, type Instant, SleepStrategy, type Wakeup } from '@escapement/core';
import { inNextTurn } from './host-turn.js';

/** @internal The limit of `setTimeout`: 2^31 - 1 milliseconds. */
export const LONGEST_TIMEOUT: Duration = 2 ** 31 - 1;

/**
 * Yields the thread to the host until a `setTimeout` fires.
 *
 * Cost: no CPU time. Lateness: up to about a millisecond, because `setTimeout` counts in whole milliseconds. It can also fire
 * up to a millisecond early; then the loop sleeps again. The host goes on running: promises, streams, HTTP servers, a page's
 * input and drawing.
 * Choose it wherever the loop shares its thread with other code. It is the safe default.
 */
export class SetTimeoutStrategy extends SleepStrategy {
  override readonly alias = 'set-timeout';
  override readonly waits = 'yields';

  constructor(override readonly clock: Clock) {
    super();
  }

  override sleep(until: Instant, wakeup: Wakeup): Promise<void> {
    const duration = until - this.clock.now();
    return new Promise(resolve => {
      if (duration <= 0 || wakeup.requested) inNextTurn(resolve);
      // Rounded up to whole milliseconds: the host truncates a fraction, fires early, and needs a second timer for the rest.
      else sleepAtMost(Math.min(Math.ceil(duration), LONGEST_TIMEOUT), wakeup, resolve);
    });
  }
}

export function sleepAtMost(duration: Duration, wakeup: Wakeup, whenAwake: () => void): void {
  // The timer keeps the process alive while the loop waits for something outside; the watch does not.
  const timer = setTimeout(awake, duration);
  const unwatch = wakeup.watch(awake);

  function awake(): void {
    clearTimeout(timer);
    unwatch();
    whenAwake();
  }
}
