import type { Instant, Wakeup } from '@escapement/core';
import { close, lower, PosixError } from '@escapement/posix';
import { type Helper, RETRY_DELAY, startHelper } from './helper-thread.js';
import { Interest } from './interest.js';
import type { Selector } from './selector.js';

const FILE = new URL('./wakeup-bell-thread.js', import.meta.url);

/** @internal What the thread gets. */
export interface WakeupBellData {
  readonly control: Int32Array;
  readonly wakeup: SharedArrayBuffer;
  /** Raised when the wakeup is requested. */
  readonly counter: number;
}

/**
 * @internal A wakeup ends waits on its word, and a loop that sleeps in a selector waits on descriptors: a thread waits on
 * the word and makes a descriptor ready. There is one only where other threads have the wakeup.
 */
export class WakeupBell {
  readonly #selector: Selector;
  #helper: Helper | undefined;
  #startAt: Instant = -Infinity;

  constructor(selector: Selector) {
    this.#selector = selector;
  }

  /** @returns whether it listens: not until the thread is up */
  begin(wakeup: Wakeup, now: Instant): boolean {
    if (this.#helper?.thread.isDead(now)) this.end();
    if (this.#helper === undefined && now >= this.#startAt) this.#start(wakeup, now);
    if (!this.#helper?.thread.isUp) return false;
    // In this order: what the thread raises once it is at work again was requested before the caller looks.
    if (this.#helper.thread.work()) lower(this.#helper.counter);
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
    const data = (counter: number): Omit<WakeupBellData, 'control'> => ({ wakeup: wakeup.share(), counter });
    this.#helper = startHelper(FILE, data, () => wakeup.request());
    try {
      if (this.#helper !== undefined) this.#selector.watch(this.#helper.counter, Interest.read);
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      this.end();
    }
  }
}
