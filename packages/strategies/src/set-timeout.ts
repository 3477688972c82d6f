import { Clock, type Duration, type Instant, SleepStrategy, type Wakeup } from '@escapement/core';

/** The most that `setTimeout` takes: 2^31 - 1 milliseconds. */
const LONGEST_TIMEOUT: Duration = 2 ** 31 - 1;

/**
 * Gives the thread back to the host and comes back with its timer.
 *
 * Cost: no CPU. Lateness: up to about a millisecond, because `setTimeout` counts in whole ones; it can also fire up to
 * one early, in which case this waits for the rest. Everything of the host's goes on: promises, streams, HTTP servers, a
 * page's input and drawing.
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
      if (duration <= 0 || wakeup.requested) soon(resolve);
      // In whole milliseconds, as the host counts: of a fraction it would fire early, and the rest cost one more.
      else sleepAtMost(Math.min(Math.ceil(duration), LONGEST_TIMEOUT), wakeup, resolve);
    });
  }
}

function sleepAtMost(duration: Duration, wakeup: Wakeup, whenAwake: () => void): void {
  // The timer, not the watch, keeps the process alive while the loop waits for something outside.
  const timer = setTimeout(awake, duration);
  const unwatch = wakeup.watch(awake);

  function awake(): void {
    clearTimeout(timer);
    unwatch();
    whenAwake();
  }
}

/** One turn of the host's loop; a page has no `setImmediate`. */
const soon: (callback: () => void) => unknown =
  typeof setImmediate === 'function' ? setImmediate : callback => setTimeout(callback, 0);
