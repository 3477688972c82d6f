import { Clock, type Duration, type Instant, SleepStrategy, type Wakeup } from '@escapement/core';
import { injectable } from 'inversify';
import { Selector } from './selector.js';
import { WakeupBell } from './wakeup-bell.js';

/** Until requests from other threads are heard, sleeps are this short. */
const UNHEARD: Duration = 1;
/** And from then on: the thread that hears them may die. */
const HEARD: Duration = 1000;

/**
 * Sleeps in the selector: what becomes ready ends the sleep with no thread in between.
 *
 * Cost: no CPU. Lateness: some 50 us, as `atomics-wait`, with the nanosecond timeouts of Linux 5.11; up to a millisecond
 * with older kernels. The host's own loop stands still, as under every strategy that blocks.
 * Choose it for servers that live in this loop altogether. Needs an `IoHandler` on the same selector: `ioModule`.
 */
@injectable()
export class EpollStrategy extends SleepStrategy {
  override readonly alias = 'epoll';
  override readonly waits = 'blocks';
  #bell: WakeupBell | undefined;

  constructor(
    override readonly clock: Clock,
    override readonly sleepsIn: Selector,
  ) {
    super();
  }

  override sleep(until: Instant, wakeup: Wakeup): void {
    const limit = wakeup.isShared ? this.#listen(wakeup) : Infinity;
    if (wakeup.requested) return;
    const duration = until - this.clock.now();
    if (duration > 0) this.sleepsIn.wait(Math.min(duration, limit));
  }

  override close(): void {
    this.#bell?.end();
    this.#bell = undefined;
    this.sleepsIn.close();
  }

  /** So that a request from another thread ends the sleep. @returns the longest sleep that this can answer for */
  #listen(wakeup: Wakeup): Duration {
    this.#bell ??= new WakeupBell(this.sleepsIn);
    return this.#bell.begin(wakeup, this.clock.now()) ? HEARD : UNHEARD;
  }
}
