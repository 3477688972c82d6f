import { Clock, type Duration, type Instant, SleepStrategy, type Wakeup } from '@escapement/core';
import { TimerSlack, type TimerSlackOptions, type TimerSlackReport } from '@escapement/strategies';
import { checkSelector, Selector } from './selector.js';
import { WakeupRelay } from './wakeup-relay.js';

/** The longest sleep while another thread may request the wakeup and the relay is not running. */
const LONGEST_WITHOUT_RELAY: Duration = 1;
/** The longest sleep with the relay: its thread may die. */
const LONGEST_WITH_RELAY: Duration = 1000;

/**
 * Sleeps in the selector: a descriptor that becomes ready ends the sleep without the help of another thread.
 *
 * Cost: no CPU. Lateness: some 50 us, like `atomics-wait`, with the nanosecond timeouts of Linux 5.11, less with the option
 * `slack: 1`; up to a millisecond with older kernels. The host's own loop does not run, as under every strategy that blocks.
 * Choose it for servers that run in this loop entirely. Needs an `IoHandler` on the same selector: `ioModule`.
 *
 * @example new EpollStrategy(clock, new EpollSelector(), { slack: 1 });
 */
export class EpollStrategy extends SleepStrategy {
  override readonly alias: string;
  override readonly waits = 'blocks';
  readonly #slack: TimerSlack;
  #relay: WakeupRelay | undefined;

  /** @throws InvalidArgumentError */
  constructor(
    override readonly clock: Clock,
    override readonly sleepsIn: Selector,
    options: TimerSlackOptions = {},
  ) {
    super();
    checkSelector('new EpollStrategy', sleepsIn);
    this.#slack = new TimerSlack('new EpollStrategy', options);
    this.alias = this.#slack.aliasFor('epoll');
  }

  override sleep(until: Instant, wakeup: Wakeup): void {
    this.#slack.begin();
    const limit = wakeup.isShared ? this.#startRelay(wakeup) : Infinity;
    if (wakeup.requested) return;
    const duration = until - this.clock.now();
    if (duration > 0) this.sleepsIn.wait(Math.min(duration, limit));
  }

  override close(): void {
    this.#slack.end();
    this.#relay?.end();
    this.#relay = undefined;
    this.sleepsIn.close();
  }

  /** What became of the timer slack. */
  report(): TimerSlackReport {
    return this.#slack.report();
  }

  /** Lets a request from another thread end the sleep. @returns how long the sleep may last */
  #startRelay(wakeup: Wakeup): Duration {
    this.#relay ??= new WakeupRelay(this.sleepsIn);
    return this.#relay.begin(wakeup, this.clock.now()) ? LONGEST_WITH_RELAY : LONGEST_WITHOUT_RELAY;
  }
}
