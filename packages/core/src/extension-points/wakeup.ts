import { describe, tagOf } from '../errors/describe.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { NoSharedMemoryError } from './errors.js';

/**
 * Ends a sleep of the loop, from any thread. Requests are sticky: one that comes before the sleep ends it at once.
 *
 * It is one 32-bit word, 1 once requested, which `Atomics.wait` can wait on. On the loop's own thread, settling a waiter
 * requests the wakeup. To request it from another thread, pass the memory there:
 *
 * @example
 * new Worker(file, { workerData: wakeup.share() });   // on the loop's thread
 * new Wakeup(workerData).request();                   // on the other
 *
 * Without shared memory (a page that is not cross-origin isolated), requests work on the loop's thread only.
 */
export class Wakeup {
  /** Word 0 is 1 once the wakeup is requested. */
  readonly word: Int32Array;
  #isShared: boolean;
  #watcher: (() => void) | undefined;
  #hasAsyncWait = false;

  /** @param memory what `share()` returned on the loop's thread; left out: a new wakeup @throws InvalidArgumentError */
  constructor(memory?: SharedArrayBuffer) {
    // With any other, requests would end no sleep.
    if (memory !== undefined && tagOf(memory) !== 'SharedArrayBuffer') {
      const fault = `new Wakeup got ${describe(memory)}, expected what share() of the loop's wakeup returned, or nothing.`;
      throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
    }
    this.word = new Int32Array(memory ?? (canShare ? new SharedArrayBuffer(4) : new ArrayBuffer(4)));
    this.#isShared = memory !== undefined;
  }

  /** Requests a turn of the loop. From any thread, any number of times, at any moment. */
  request(): void {
    Atomics.store(this.word, 0, 1);
    if (this.#isShared) Atomics.notify(this.word, 0);
    this.#watcher?.();
  }

  /** Whether it was requested and the loop has not cleared it. Cheap, also for a strategy that spins. */
  get requested(): boolean {
    return Atomics.load(this.word, 0) === 1;
  }

  /** Whether another thread may request it. Then a strategy must watch the word, whatever else it waits on. */
  get isShared(): boolean {
    return this.#isShared;
  }

  /** Only the loop calls this: after a sleep, before it polls. */
  clear(): void {
    Atomics.store(this.word, 0, 0);
  }

  /** The memory to pass to another thread. @throws NoSharedMemoryError */
  share(): SharedArrayBuffer {
    if (!canShare) throw new NoSharedMemoryError();
    this.#isShared = true;
    return this.word.buffer as SharedArrayBuffer;
  }

  /**
   * For strategies that let the host run: calls `wake` on each request, until you call the returned function. Check
   * `requested` first. Never calls `wake` inside of `watch`. One watcher at a time. It does not keep the process alive, as
   * `Atomics.waitAsync` does not: the strategy's timer must.
   */
  watch(wake: () => void): () => void {
    this.#watcher = wake;
    if (this.#isShared) this.#waitForOtherThreads();
    return () => {
      if (this.#watcher === wake) this.#watcher = undefined;
    };
  }

  // At most one asynchronous wait is pending; it may outlive the watch that started it.
  #waitForOtherThreads(): void {
    if (this.#hasAsyncWait) return;
    this.#hasAsyncWait = true;
    // The wait is over at once if another thread has made a request already.
    Promise.resolve(Atomics.waitAsync(this.word, 0, 0).value).then(() => {
      this.#hasAsyncWait = false;
      // A request on this thread ends it, too; the word may be cleared again by now.
      if (this.requested) this.#watcher?.();
      else if (this.#watcher !== undefined) this.#waitForOtherThreads();
    });
  }
}

const canShare = typeof SharedArrayBuffer !== 'undefined';
