import type { Duration, Instant, Wakeup } from '@escapement/core';
import { close, PollList, raise } from '@escapement/posix';
import { type Helper, park, RETRY_DELAY, startHelper } from './helper-thread.js';
import type { Selector } from './selector.js';
import { SharedPollList } from './shared-poll-list.js';

const FILE = new URL('./sleep-watch-thread.js', import.meta.url);
/** A thread takes longer than that to come up: what is over by then needs none. */
const WORTH_A_THREAD: Duration = 20;
/** An epoll selector takes one entry; the list of a poll selector that outgrows this gets a new thread. */
const LEAST_CAPACITY = 64;

/** @internal What the thread gets. */
export interface SleepWatchData {
  readonly control: Int32Array;
  readonly wakeup: SharedArrayBuffer;
  readonly list: SharedArrayBuffer;
  /** Raised when the list has changed, or the thread is to leave. */
  readonly counter: number;
}

/**
 * @internal Watches a selector while its loop sleeps: a thread blocks in `poll` and requests the wakeup. It goes on
 * through any number of sleeps until it has found something; from then on it is parked until the next sleep, since what
 * is ready would be found at once as long as the loop has not dealt with it.
 */
export class SleepWatch {
  readonly #selector: Selector;
  readonly #list = new PollList();
  #watcher: Watcher | undefined;
  #startAt: Instant | undefined;
  #ending: NodeJS.Immediate | undefined;

  constructor(selector: Selector) {
    this.#selector = selector;
  }

  /** False until the thread is up: until then nobody watches. */
  get isReady(): boolean {
    return this.#watcher?.helper.thread.isUp ?? false;
  }

  /** Watches from now on, whatever becomes of this sleep. */
  begin(wakeup: Wakeup, now: Instant): void {
    clearImmediate(this.#ending);
    const wasReady = this.isReady;
    this.#begin(wakeup, now);
    // The loop means to sleep for long, and there is a new thread, which does not watch yet.
    if (wasReady && !this.isReady) wakeup.request();
  }

  #begin(wakeup: Wakeup, now: Instant): void {
    if (this.#watcher?.helper.thread.isDead(now)) {
      this.#stop();
      this.#startAt = now + RETRY_DELAY;
    }
    this.#startAt ??= now + WORTH_A_THREAD;
    if (this.#watcher === undefined && now < this.#startAt) return;
    this.#watcher ??= this.#start(wakeup, now);
    if (!this.isReady) return;
    if (this.#watcher?.version !== this.#selector.version) this.#publish(wakeup, now);
    this.#watcher?.helper.thread.work();
  }

  /** The selector has let go of something: as long as the thread polls it, the system keeps it open. */
  letGo(): void {
    if (this.#watcher === undefined || this.#watcher.version === this.#selector.version) return;
    // The loop may be asleep, and nobody watches now.
    if (this.#park()) this.#watcher.wakeup.request();
  }

  /**
   * Nothing is polled any more. The thread goes when the host gets a turn: before that, the system would not get it back, and
   * a run after the other would make one more each.
   */
  end(): void {
    this.#startAt = undefined;
    if (this.#watcher === undefined) return;
    this.#park();
    clearImmediate(this.#ending);
    this.#ending = setImmediate(() => this.#stop()).unref();
  }

  /** Makes the thread leave what it polls. @returns false if it did not poll anything */
  #park(): boolean {
    const { thread, counter } = this.#watcher!.helper;
    const wasWorking = park(thread.control);
    if (wasWorking) raise(counter);
    return wasWorking;
  }

  #stop(): void {
    if (this.#watcher === undefined) return;
    const { thread, counter } = this.#watcher.helper;
    this.#watcher = undefined;
    thread.stop(() => close(counter));
  }

  #publish(wakeup: Wakeup, now: Instant): void {
    const watcher = this.#watcher!;
    this.#describe();
    if (this.#list.count > watcher.shared.capacity) {
      this.#stop();
      this.#watcher = this.#start(wakeup, now);
      return;
    }
    watcher.shared.write(this.#list);
    watcher.version = this.#selector.version;
    if (watcher.helper.thread.isWorking) raise(watcher.helper.counter);
  }

  #describe(): void {
    this.#list.clear();
    this.#selector.describeTo(this.#list);
  }

  #start(wakeup: Wakeup, now: Instant): Watcher | undefined {
    this.#describe();
    const list = SharedPollList.memoryFor(Math.max(LEAST_CAPACITY, 2 * this.#list.count));
    const data = (counter: number): Omit<SleepWatchData, 'control'> => ({ wakeup: wakeup.share(), list, counter });
    const helper = startHelper(FILE, data, raise);
    if (helper !== undefined) return { helper, wakeup, shared: new SharedPollList(list), version: -1 };
    this.#startAt = now + RETRY_DELAY;
    return undefined;
  }
}

interface Watcher {
  readonly helper: Helper;
  readonly wakeup: Wakeup;
  readonly shared: SharedPollList;
  /** Of the selector, when its list was published last. */
  version: number;
}
