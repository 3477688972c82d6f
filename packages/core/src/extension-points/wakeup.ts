import { NoSharedMemoryError } from './errors.js';

/**
 * A sticky request, from this thread or another, that ends a sleep: a request that comes before the sleep ends it at
 * once, so none is ever lost.
 *
 * It is one 32-bit word: 0, or 1 once requested. `Atomics.wait` can wait on it directly. Handlers rarely need it: on the
 * loop's own thread, settling a waiter requests the wakeup by itself. For another thread, `share()` gives the memory:
 *
 * @example
 * new Worker(file, { workerData: wakeup.share() });   // on the loop's thread
 * new Wakeup(workerData).request();                   // on the other
 *
 * Without shared memory (a page that is not cross-origin isolated) requests from the same thread still work.
 */
export class Wakeup {
  /** Word 0 is what to wait on while it is 0. */
  readonly word: Int32Array;
  #isShared: boolean;
  #watcher: (() => void) | undefined;
  #hasAsyncWait = false;

  /** @param memory what `share()` gave on the loop's thread; leave it out to make a new one. */
  constructor(memory?: SharedArrayBuffer) {
    this.word = new Int32Array(memory ?? (canShare ? new SharedArrayBuffer(4) : new ArrayBuffer(4)));
    this.#isShared = memory !== undefined;
  }

  /** Ask for a turn of the loop. From any thread, any number of times, at any moment. */
  request(): void {
    Atomics.store(this.word, 0, 1);
    if (this.#isShared) Atomics.notify(this.word, 0);
    this.#watcher?.();
  }

  get requested(): boolean {
    return Atomics.load(this.word, 0) === 1;
  }

  /** Whether another thread may have it: a strategy that waits on something else than the word must then heed the word, too. */
  get isShared(): boolean {
    return this.#isShared;
  }

  /** The loop alone calls this, after a sleep and before it looks at its handlers. */
  clear(): void {
    Atomics.store(this.word, 0, 0);
  }

  /**
   * The memory to hand to another thread.
   * @throws NoSharedMemoryError where the host has no shared memory.
   */
  share(): SharedArrayBuffer {
    if (!canShare) throw new NoSharedMemoryError();
    this.#isShared = true;
    return this.word.buffer as SharedArrayBuffer;
  }

  /**
   * For strategies that let the host run: calls `wake` when a request comes; look at `requested` first for one that came
   * before. The caller must call the returned function when it no longer cares; `wake` may be called more than once until
   * then, but never inside `watch`. One watcher at a time.
   *
   * The watch does not keep the process alive (`Atomics.waitAsync` never does): the strategy's own timer must.
   */
  watch(wake: () => void): () => void {
    this.#watcher = wake;
    if (this.#isShared) this.#waitForOtherThreads();
    return () => {
      if (this.#watcher === wake) this.#watcher = undefined;
    };
  }

  // At most one asynchronous wait is pending, however often the loop sleeps: it outlives the watch that began it.
  #waitForOtherThreads(): void {
    if (this.#hasAsyncWait) return;
    this.#hasAsyncWait = true;
    // It is over already if another thread was quicker than `watch`.
    Promise.resolve(Atomics.waitAsync(this.word, 0, 0).value).then(() => {
      this.#hasAsyncWait = false;
      // A request on the same thread ends it too; should the flag be clear again by now, wait for the next.
      if (this.requested) this.#watcher?.();
      else if (this.#watcher !== undefined) this.#waitForOtherThreads();
    });
  }
}

const canShare = typeof SharedArrayBuffer !== 'undefined';
