import type { Instant, Wakeup } from '@escapement/core';
import { close, lower, PosixError } from '@escapement/posix';
import { type Helper, RETRY_DELAY, startHelper } from './helper-thread.js';
import { Interest } from './interest.js';
import type { Selector } from './selector.js';
import code from './wakeup-relay-thread.js?thread';

/** @internal The thread's `workerData`. */
export interface WakeupRelayData {
  readonly control: Int32Array;
  readonly wakeup: SharedArrayBuffer;
  /** Raised when the wakeup is requested. */
  readonly counter: number;
}

/**
 * @internal A request for a wakeup ends an `Atomics.wait` on its word, but a loop that sleeps in a selector waits for
 * descriptors. So a thread waits on the word and then makes a descriptor readable. Needed only if another thread has the
 * wakeup.
 */
export class WakeupRelay {
  readonly #selector: Selector;
  #helper: Helper | undefined;
  #startAt: Instant = -Infinity;

  constructor(selector: Selector) {
    this.#selector = selector;
  }

  /** @returns false while the thread is starting: a request does not end a sleep yet */
  begin(wakeup: Wakeup, now: Instant): boolean {
    if (this.#helper?.thread.isDead(now)) this.end();
    if (this.#helper === undefined && now >= this.#startAt) this.#start(wakeup, now);
    if (!this.#helper?.thread.isUp) return false;
    // In this order: a thread that works may raise the counter and park only later, when nothing starts it again. What it
    // raised before it parked is old, or its request is still there for the caller, who reads `wakeup.requested` afterwards.
    if (!this.#helper.thread.isWorking) {
      lower(this.#helper.counter);
      this.#helper.thread.work();
    }
    return true;
  }

  end(): void {
    if (this.#helper === undefined) return;
    const { thread, counter } = this.#helper;
    this.#helper = undefined;
    this.#selector.watch(counter, Interest.none);
    thread.stop(() => close(counter));
  }

  #start(wakeup: Wakeup, now: Instant): void {
    this.#startAt = now + RETRY_DELAY;
    const data = (counter: number): Omit<WakeupRelayData, 'control'> => ({ wakeup: wakeup.share(), counter });
    this.#helper = startHelper(code, data, () => wakeup.request());
    try {
      if (this.#helper !== undefined) this.#selector.watch(this.#helper.counter, Interest.read);
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      this.end();
    }
  }
}
