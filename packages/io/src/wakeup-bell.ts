import type { Instant, Wakeup } from '@escapement/core';
import { close, eventCounter, lower } from '@escapement/posix';
import { HelperThread } from './helper-thread.js';
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
  #thread: { readonly helper: HelperThread; readonly counter: number } | undefined;

  constructor(selector: Selector) {
    this.#selector = selector;
  }

  /** @returns whether it listens: not until the thread is up */
  begin(wakeup: Wakeup, now: Instant): boolean {
    if (this.#thread?.helper.isDead(now)) this.end();
    this.#thread ??= this.#newThread(wakeup);
    const { helper, counter } = this.#thread;
    if (!helper.isUp) return false;
    // In this order: what the thread raises once it is at work again was requested before the caller looks.
    if (helper.work()) lower(counter);
    return true;
  }

  end(): void {
    if (this.#thread === undefined) return;
    this.#thread.helper.stop();
    // Takes it out of the selector first: the handler's own descriptors are not concerned.
    this.#selector.watch(this.#thread.counter, Interest.none);
    close(this.#thread.counter);
    this.#thread = undefined;
  }

  #newThread(wakeup: Wakeup) {
    const counter = eventCounter();
    this.#selector.watch(counter, Interest.read);
    const data: Omit<WakeupBellData, 'control'> = { wakeup: wakeup.share(), counter };
    const helper = new HelperThread(FILE, data, () => Atomics.notify(wakeup.word, 0));
    return { helper, counter };
  }
}
