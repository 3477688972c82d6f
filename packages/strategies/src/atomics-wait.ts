import { Clock, type Instant, SleepStrategy, type Wakeup } from '@escapement/core';
import { checkCanBlock } from './can-block.js';
import { TimerSlack, type TimerSlackOptions, type TimerSlackReport } from './timer-slack.js';

/**
 * Blocks the thread in `Atomics.wait`, on a futex where the system has them.
 *
 * Cost: no CPU time. Lateness: the system's timer slack and a thread switch, some 50 to 200 us on Linux; about half of that
 * with the option `slack: 1`. The host's event loop is blocked: no promise, stream or signal handler of the host runs until
 * the program is done.
 * Choose it for programs that run entirely in this loop, and in worker threads. The main thread of a page forbids it.
 *
 * @example new AtomicsWaitStrategy(new PerformanceClock(), { slack: 1 });
 */
export class AtomicsWaitStrategy extends SleepStrategy {
  override readonly alias: string;
  override readonly waits = 'blocks';
  readonly #slack: TimerSlack;

  /**
   * @throws InvalidArgumentError; MissingHostFeatureError if this thread must not block, as in a page, or the host has no
   * shared memory
   */
  constructor(
    override readonly clock: Clock,
    options: TimerSlackOptions = {},
  ) {
    super();
    const slack = new TimerSlack('new AtomicsWaitStrategy', options);
    this.#slack = slack;
    checkCanBlock('AtomicsWaitStrategy');
    this.alias = slack.aliasFor('atomics-wait');
    // No method: several loops that run at the same time may share a strategy that has nothing to close.
    if (slack.isWanted) this.close = () => slack.end();
  }

  override sleep(until: Instant, wakeup: Wakeup): void {
    this.#slack.begin();
    const duration = until - this.clock.now();
    // Returns at once if a wakeup was requested. It may end slightly early; the loop then sleeps again.
    if (duration > 0) Atomics.wait(wakeup.word, 0, 0, duration);
  }

  /** What became of the timer slack. */
  report(): TimerSlackReport {
    return this.#slack.report();
  }
}
