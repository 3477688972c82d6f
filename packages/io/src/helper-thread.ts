import { Worker } from 'node:worker_threads';
import type { Duration, Instant } from '@escapement/core';
import { close, eventCounter, PosixError } from '@escapement/posix';

/** @internal What a helper thread and its owner tell each other, in a word of shared memory. */
export const HelperState = {
  /** The thread is not there yet. */
  booting: 0,
  /** It waits for work. */
  parked: 1,
  working: 2,
  /** It is to leave. */
  quitting: 3,
  /** It has left, and touches nothing any more. */
  gone: 4,
} as const;

/** @internal Of the shared words, the state, and a count that a thread which works moves at least once a second. */
export const STATE = 0;
export const BEATS = 1;

/** A thread that has not moved its count for so long is dead. It may have been slow: then it works in vain. */
const DEAD_AFTER: Duration = 3000;
/** One that has not come up for so long will not. */
const STILLBORN_AFTER: Duration = 10_000;
/** @internal A thread that could not be had is not asked for again at once. */
export const RETRY_DELAY: Duration = 1000;
const MOST_TO_LEAVE: Duration = 2000;

/**
 * @internal A thread that waits in the place of a loop that sleeps. It never keeps the process alive, costs nothing while
 * it is parked, and its owner goes on, a bit slower, if it is not there yet or any more.
 */
export class HelperThread {
  readonly control = new Int32Array(new SharedArrayBuffer(8));
  readonly #worker: Worker;
  readonly #nudge: () => void;
  #beats = 0;
  #beatAt: Instant | undefined;
  #isGivenUp = false;
  #hasDied = false;

  /**
   * @param file what the thread runs; its `workerData` is `data` with the `control` words
   * @param nudge gets the thread out of what it waits in
   */
  constructor(file: URL, data: object, nudge: () => void) {
    this.#nudge = nudge;
    // A clean start: nothing that the program was started with concerns the thread.
    this.#worker = new Worker(file, { workerData: { ...data, control: this.control }, execArgv: [] });
    this.#worker.unref();
    this.#worker.on('error', () => {
      this.#hasDied = true;
    });
    this.#worker.on('exit', () => {
      this.#hasDied = true;
      forget(this);
    });
    if (threads.size === 0) process.on('exit', quitAll);
    threads.add(this);
  }

  get isUp(): boolean {
    return Atomics.load(this.control, STATE) !== HelperState.booting;
  }

  get isWorking(): boolean {
    return Atomics.load(this.control, STATE) === HelperState.working;
  }

  /** Ask once in a while: whether it is of no use any more. */
  isDead(now: Instant): boolean {
    const state = Atomics.load(this.control, STATE);
    const beats = Atomics.load(this.control, BEATS);
    const isAlive = beats !== this.#beats || state === HelperState.parked;
    if (isAlive || this.#beatAt === undefined) {
      this.#beats = beats;
      this.#beatAt = now;
    }
    const patience = state === HelperState.booting ? STILLBORN_AFTER : DEAD_AFTER;
    this.#isGivenUp = now - this.#beatAt > patience;
    return this.#hasDied || this.#isGivenUp;
  }

  /** Only when it is up. What it works with has to be there before. @returns false if it was at work already */
  work(): boolean {
    const { parked, working } = HelperState;
    if (Atomics.compareExchange(this.control, STATE, parked, working) !== parked) return false;
    Atomics.add(this.control, BEATS, 1);
    Atomics.notify(this.control, STATE);
    return true;
  }

  /** Makes it leave. @param release gives back what it used, once it touches nothing any more: now, as a rule */
  stop(release: () => void): void {
    // One that is not up yet touches nothing, and leaves when it comes: ended while it loads its modules, it would leave
    // their files open.
    if (this.quit() === HelperState.booting) {
      release();
      return;
    }
    if (this.hasLeft()) release();
    else {
      this.#worker.once('exit', release);
      this.#worker.terminate();
    }
    forget(this);
  }

  /** After `quit`: waits until it touches nothing any more. @returns false if that took too long, or is not to be expected */
  hasLeft(): boolean {
    if (this.#hasDied) return true;
    if (!this.#isGivenUp) Atomics.wait(this.control, STATE, HelperState.quitting, MOST_TO_LEAVE);
    return Atomics.load(this.control, STATE) === HelperState.gone;
  }

  /** Makes it leave. @returns the state it was in */
  quit(): number {
    const { working, quitting, gone } = HelperState;
    let state: number = Atomics.load(this.control, STATE);
    for (let expected = -1; state !== expected && state !== quitting && state !== gone; ) {
      expected = state;
      state = Atomics.compareExchange(this.control, STATE, expected, quitting);
    }
    Atomics.notify(this.control, STATE);
    if (state === working) this.#nudge();
    return state;
  }
}

/** @internal A thread with a counter, to speak with who waits for descriptors. */
export interface Helper {
  readonly thread: HelperThread;
  readonly counter: number;
}

/** @internal @returns undefined where the system has no descriptors, or no threads, left */
export function startHelper(
  file: URL,
  data: (counter: number) => object,
  nudge: (counter: number) => void,
): Helper | undefined {
  let counter: number | undefined;
  try {
    const own = eventCounter();
    counter = own;
    return { counter: own, thread: new HelperThread(file, data(own), () => nudge(own)) };
  } catch (error) {
    if (counter !== undefined) close(counter);
    if (error instanceof PosixError || NO_THREAD.includes((error as { code?: unknown }).code)) return undefined;
    throw error;
  }
}

/** None is left, or none is allowed (Node's permission model). */
const NO_THREAD: readonly unknown[] = ['ERR_WORKER_INIT_FAILED', 'ERR_WORKER_OUT_OF_MEMORY', 'ERR_ACCESS_DENIED'];

const threads = new Set<HelperThread>();

function forget(thread: HelperThread): void {
  if (threads.delete(thread) && threads.size === 0) process.off('exit', quitAll);
}

/**
 * A thread in a system call would hold up the end of the process, and one that is ended while it loads the FFI library aborts
 * it. One listener for all: the host warns of many.
 */
function quitAll(): void {
  for (const thread of threads) thread.quit();
  for (const thread of threads) thread.hasLeft();
}

/** @internal The thread's own side: calls `work` each time there is some, until it is to leave. */
export function serveAsHelper(control: Int32Array, work: () => void): void {
  const { booting, parked, working, quitting, gone } = HelperState;
  Atomics.compareExchange(control, STATE, booting, parked);
  while (Atomics.load(control, STATE) !== quitting) {
    Atomics.wait(control, STATE, parked);
    while (Atomics.load(control, STATE) === working) {
      Atomics.add(control, BEATS, 1);
      work();
    }
  }
  Atomics.store(control, STATE, gone);
  Atomics.notify(control, STATE);
}

/** @internal The work is done: whoever gives the next gives it to a parked thread. @returns false if it was not at work */
export function park(control: Int32Array): boolean {
  const { working, parked } = HelperState;
  return Atomics.compareExchange(control, STATE, working, parked) === working;
}
