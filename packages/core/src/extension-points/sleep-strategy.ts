import { COPY, thisCopy } from '../events/core-copy.js';
import type { Instant } from '../events/instant.js';
import type { Clock } from './clock.js';
import type { Wakeup } from './wakeup.js';

/**
 * What a strategy does with the thread while it waits. Decides which handlers it can be combined with. A strategy that
 * changes its way declares what it does during a sleep without a deadline.
 */
export type Waits =
  /** Uses the CPU. The host's own loop stands still. Must return every few microseconds. */
  | 'spins'
  /** Gives the CPU up. The host's own loop stands still. */
  | 'blocks'
  /** Lets the host's own loop run: timers, promises, streams. As a rule it gives the CPU up, too. */
  | 'yields'
  /** Takes no time: moves its clock to the deadline, and ignores everything outside the loop. */
  | 'jumps';

/**
 * Decides how the loop lets time pass when no task is ready. In each turn the loop resumes the ready tasks, polls the
 * handlers, and calls `sleep` with their earliest deadline if no task is ready then.
 *
 * @example
 * class Spin extends SleepStrategy {
 *   readonly alias = 'spin';
 *   readonly waits = 'spins';
 *   readonly clock = new PerformanceClock();
 *   sleep(until: Instant, wakeup: Wakeup) {
 *     for (let n = 0; n < 50 && this.clock.now() < until && !wakeup.requested; n++);
 *   }
 * }
 */
export abstract class SleepStrategy {
  /** @internal */
  get [COPY](): typeof thisCopy {
    return thisCopy;
  }

  /** A stable name for reports and command lines: `'busy-wait'`. */
  abstract readonly alias: string;
  /** The clock of the whole loop. */
  abstract readonly clock: Clock;
  /** What it does with the thread. The loop refuses handlers that cannot work beside it. */
  abstract readonly waits: Waits;
  /**
   * What ends a sleep besides its deadline and the wakeup: a selector, for instance. A handler that uses the same object
   * then needs no thread to end the sleep. A strategy that wraps another passes this on.
   */
  readonly sleepsIn: object | undefined = undefined;

  /**
   * Let time pass until the instant `until` on `clock` (`Infinity`: no deadline), or until `wakeup` is requested. A request
   * made before the call counts.
   *
   * May return early: the loop looks for work and calls again. A strategy that gives up the thread but returns early
   * thousands of times without a request is stopped with `StrategyStalledError`. It should not return late.
   *
   * Only a strategy that `'yields'` may return a promise. If tasks are always ready, the loop calls such a strategy about
   * every millisecond with an `until` that has passed, so that the host can run.
   */
  abstract sleep(until: Instant, wakeup: Wakeup): void | Promise<void>;

  /** The run has ended and the handlers are closed: release what you hold outside of the loop. A later run may sleep again. */
  close(): void {}
}
