import type { Instant } from '../events/instant.js';
import type { Clock } from './clock.js';
import type { Wakeup } from './wakeup.js';

/**
 * What a strategy does with the thread while it waits. It decides which handlers fit beside it. One that does several in
 * turn says what it does with a wait that has no end: a block that spins for the last stretch `'blocks'`.
 */
export type Waits =
  /** Keeps the CPU busy. The host's own loop stands still. Must return at least every few microseconds. */
  | 'spins'
  /** Gives the CPU up. The host's own loop stands still. */
  | 'blocks'
  /** Gives the CPU up and lets the host's own loop run: timers, promises, streams. */
  | 'yields'
  /** Takes no time at all: moves its clock to the deadline. Nothing outside the loop is waited for. */
  | 'jumps';

/**
 * Decides how the loop lets time pass when no task is ready. This is the caller's side of the contract:
 *
 * ```ts
 * while (!root.isEnded) {
 *   resumeReadyTasks();
 *   handlers.poll(strategy.clock.now());
 *   if (nothingReady) await strategy.sleep(handlers.nextDeadline(), wakeup);
 * }
 * ```
 *
 * @example The simplest one: see `busy-wait` for one that also looks up now and then.
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
  /** A stable name for reports and command lines: `'busy-wait'`. */
  abstract readonly alias: string;
  /** Who tells the time; the whole loop reads this clock. */
  abstract readonly clock: Clock;
  abstract readonly waits: Waits;
  /**
   * What a sleep waits for besides its deadline and the wakeup: a selector, say. The handler that has the same object may
   * rely on it to end the sleep, and needs no thread for that. A strategy that wraps another passes this on.
   */
  readonly sleepsIn: object | undefined = undefined;

  /**
   * Let time pass until `until` (an instant on `clock`; `Infinity`: no deadline) or until `wakeup` is requested,
   * whichever comes first. A request that came before the call counts.
   *
   * May return early at any time: the loop looks again and comes back. A strategy that gives up the thread and returns
   * early again and again without a request is stopped with `StrategyStalledError`. It should not return late.
   *
   * Only a strategy that `'yields'` may return a promise. The loop also calls it with an `until` that has passed, when
   * tasks have been busy for a while: then it lets the host run once and comes back.
   */
  abstract sleep(until: Instant, wakeup: Wakeup): void | Promise<void>;

  /** The run is over, and the handlers are closed: let go of what is held outside, if anything is. A later run may sleep again. */
  close(): void {}
}
