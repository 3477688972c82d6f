import type { Duration, Instant, Wakeup } from '@escapement/core';
import { close, PollList, raise } from '@escapement/posix';
import { type Helper, park, RETRY_DELAY, startHelper } from './helper-thread.js';
import type { Selector } from './selector.js';
import { SharedPollList } from './shared-poll-list.js';
import code from './sleep-watch-thread.js?thread';

/** A loop that has slept for a shorter time gets no thread: starting one takes longer. */
const THREAD_AFTER: Duration = 20;
/** An epoll selector needs one entry. A poll selector whose list outgrows the capacity gets a new thread. */
const LEAST_CAPACITY = 64;

/** @internal The thread's `workerData`. */
export interface SleepWatchData {
  readonly control: Int32Array;
  readonly wakeup: SharedArrayBuffer;
  readonly list: SharedArrayBuffer;
  /** Raised when the list has changed, or the thread is to exit. */
  readonly counter: number;
}

/**
 * @internal Watches a selector while its loop sleeps: a thread blocks in `poll` and requests the wakeup. It polls through any
 * number of sleeps until a descriptor is ready. Then it is parked until the next sleep: readiness is level-triggered, so
 * until the loop has handled the descriptor, `poll` would return at once.
 */
export class SleepWatch {
  readonly #selector: Selector;
  readonly #list = new PollList();
  #polling: Polling | undefined;
  #startAt: Instant | undefined;
  #ending: NodeJS.Immediate | undefined;

  constructor(selector: Selector) {
    this.#selector = selector;
  }

  /** False until the thread is up: until then the loop has to poll by itself. */
  get isReady(): boolean {
    return this.#polling?.helper.thread.isUp ?? false;
  }

  /** Watches from now on; goes on after this sleep. */
  begin(wakeup: Wakeup, now: Instant): void {
    clearImmediate(this.#ending);
    const wasReady = this.isReady;
    this.#begin(wakeup, now);
    // The loop is about to sleep for long, but the thread was replaced, and the new one does not poll yet.
    if (wasReady && !this.isReady) wakeup.request();
  }

  #begin(wakeup: Wakeup, now: Instant): void {
    if (this.#polling?.helper.thread.isDead(now)) {
      this.#stop();
      this.#startAt = now + RETRY_DELAY;
    }
    // Of the run of another loop, just before this one: its thread would wake that loop.
    if (this.#polling !== undefined && this.#polling.wakeup !== wakeup) this.#stop();
    this.#startAt ??= now + THREAD_AFTER;
    if (this.#polling === undefined && now < this.#startAt) return;
    this.#polling ??= this.#start(wakeup, now);
    if (!this.isReady) return;
    if (this.#polling?.version !== this.#selector.version) this.#publish(wakeup, now);
    this.#polling?.helper.thread.work();
  }

  /** Call it when the selector has removed a descriptor: the system keeps its file open as long as the thread polls it. */
  stopPollingOldList(): void {
    if (this.#polling === undefined || this.#polling.version === this.#selector.version) return;
    // The loop may be asleep, and the thread does not poll any more: a turn starts it again with the new list.
    if (this.#park()) this.#polling.wakeup.request();
  }

  /**
   * Stops polling. The thread is stopped only in the host's next turn, and a run that begins earlier takes it over: the host
   * frees threads in turns of its own, so runs in a row would pile up one each.
   */
  end(): void {
    this.#startAt = undefined;
    if (this.#polling === undefined) return;
    this.#park();
    clearImmediate(this.#ending);
    this.#ending = setImmediate(() => this.#stop()).unref();
  }

  /** Makes the thread stop polling. @returns false if it was not polling */
  #park(): boolean {
    const { thread, counter } = this.#polling!.helper;
    const wasWorking = park(thread.control);
    if (wasWorking) raise(counter);
    return wasWorking;
  }

  #stop(): void {
    if (this.#polling === undefined) return;
    const { thread, counter } = this.#polling.helper;
    this.#polling = undefined;
    thread.stop(() => close(counter));
  }

  #publish(wakeup: Wakeup, now: Instant): void {
    const polling = this.#polling!;
    this.#describe();
    if (this.#list.count > polling.shared.capacity) {
      this.#stop();
      this.#polling = this.#start(wakeup, now);
      return;
    }
    polling.shared.write(this.#list);
    polling.version = this.#selector.version;
    if (polling.helper.thread.isWorking) raise(polling.helper.counter);
  }

  #describe(): void {
    this.#list.clear();
    this.#selector.describeTo(this.#list);
  }

  #start(wakeup: Wakeup, now: Instant): Polling | undefined {
    this.#describe();
    const list = SharedPollList.memoryFor(Math.max(LEAST_CAPACITY, 2 * this.#list.count));
    const data = (counter: number): Omit<SleepWatchData, 'control'> => ({ wakeup: wakeup.share(), list, counter });
    const helper = startHelper(code, data, raise);
    if (helper !== undefined) return { helper, wakeup, shared: new SharedPollList(list), version: -1 };
    this.#startAt = now + RETRY_DELAY;
    return undefined;
  }
}

/** The thread with what was given to it. */
interface Polling {
  readonly helper: Helper;
  readonly wakeup: Wakeup;
  readonly shared: SharedPollList;
  /** The selector's `version` when its list was written to `shared`. */
  version: number;
}
