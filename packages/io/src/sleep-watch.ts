import type { Duration, Instant, Wakeup } from '@escapement/core';
import { close, eventCounter, PollList, raise } from '@escapement/posix';
import { HelperThread } from './helper-thread.js';
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
  #thread: WatchThread | undefined;
  #firstSleptAt: Instant | undefined;

  constructor(selector: Selector) {
    this.#selector = selector;
  }

  /** False until the thread is up: until then nobody watches. */
  get isReady(): boolean {
    return this.#thread?.helper.isUp ?? false;
  }

  /** Watches from now on, whatever becomes of this sleep. */
  begin(wakeup: Wakeup, now: Instant): void {
    const wasReady = this.isReady;
    this.#begin(wakeup, now);
    // The loop means to sleep for long, and there is a new thread, which does not watch yet.
    if (wasReady && !this.isReady) wakeup.request();
  }

  #begin(wakeup: Wakeup, now: Instant): void {
    if (this.#thread?.helper.isDead(now)) this.end();
    this.#firstSleptAt ??= now;
    if (this.#thread === undefined && now - this.#firstSleptAt < WORTH_A_THREAD) return;
    this.#thread ??= this.#newThread(wakeup);
    const { helper } = this.#thread;
    if (!helper.isUp) return;
    if (this.#thread.version !== this.#selector.version) this.#publish(wakeup);
    helper.work();
  }

  /** Afterwards nobody but the loop uses the selector. */
  end(): void {
    this.#firstSleptAt = undefined;
    if (this.#thread === undefined) return;
    this.#thread.helper.stop();
    close(this.#thread.counter);
    this.#thread = undefined;
  }

  #publish(wakeup: Wakeup): void {
    const thread = this.#thread!;
    this.#describe();
    if (this.#list.count > thread.shared.capacity) {
      this.end();
      this.#thread = this.#newThread(wakeup);
      return;
    }
    thread.shared.write(this.#list);
    thread.version = this.#selector.version;
    if (thread.helper.isWorking) raise(thread.counter);
  }

  #describe(): void {
    this.#list.clear();
    this.#selector.describeTo(this.#list);
  }

  #newThread(wakeup: Wakeup): WatchThread {
    this.#describe();
    const memory = SharedPollList.memoryFor(Math.max(LEAST_CAPACITY, 2 * this.#list.count));
    const counter = eventCounter();
    const data: Omit<SleepWatchData, 'control'> = { wakeup: wakeup.share(), list: memory, counter };
    const helper = new HelperThread(FILE, data, () => raise(counter));
    return { helper, counter, shared: new SharedPollList(memory), version: -1 };
  }
}

interface WatchThread {
  readonly helper: HelperThread;
  readonly counter: number;
  readonly shared: SharedPollList;
  /** Of the selector, when its list was published last. */
  version: number;
}
