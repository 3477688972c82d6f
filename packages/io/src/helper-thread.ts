import { Worker } from 'node:worker_threads';
import type { Duration, Instant } from '@escapement/core';
import { close, codeFile, eventCounter, PosixError } from '@escapement/posix';

/** @internal The state of a helper thread, in a word of shared memory that the thread and its owner both write. */
export const HelperState = {
  /** The thread is starting. */
  booting: 0,
  /** It waits for work. */
  parked: 1,
  working: 2,
  /** It is to exit. */
  quitting: 3,
  /** It has exited, and uses nothing of its owner's any more. */
  gone: 4,
} as const;

/** @internal Places in the shared words: the state, and a heartbeat count that a working thread raises at least once a second. */
export const STATE = 0;
export const HEARTBEATS = 1;

/** A working thread without a heartbeat for so long counts as dead. If it was only slow, its work has no effect. */
const HEARTBEAT_TIMEOUT: Duration = 3000;
/** A thread that is still starting after so long counts as dead. */
const START_TIMEOUT: Duration = 10_000;
/** @internal How long to wait after a failed start of a thread before the next try. */
export const RETRY_DELAY: Duration = 1000;
const EXIT_TIMEOUT: Duration = 2000;

/**
 * @internal A thread that waits on behalf of a sleeping loop. It never keeps the process alive and uses no CPU while it is
 * parked. While it is starting or dead, its owner polls by itself, a bit slower.
 */
export class HelperThread {
  readonly control = new Int32Array(new SharedArrayBuffer(8));
  readonly #worker: Worker;
  readonly #interrupt: () => void;
  #heartbeats = 0;
  #heartbeatAt: Instant | undefined;
  #isGivenUp = false;
  #hasDied = false;

  /**
   * @param code what the thread runs; its `workerData` is `data` with the `control` words
   * @param interrupt ends the wait that the thread is in
   */
  constructor(code: string, data: object, interrupt: () => void) {
    this.#interrupt = interrupt;
    const workerData = { ...data, control: this.control, codeFile };
    // Without the program's own flags, such as --import.
    this.#worker = new Worker(code, { eval: true, workerData, execArgv: [] });
    this.#worker.unref();
    this.#worker.on('error', error => {
      this.#hasDied = true;
      warnOfFailure(error);
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

  /** Call it from time to time: it compares the heartbeats with those of the call before. */
  isDead(now: Instant): boolean {
    const state = Atomics.load(this.control, STATE);
    const heartbeats = Atomics.load(this.control, HEARTBEATS);
    const isAlive = heartbeats !== this.#heartbeats || state === HelperState.parked;
    if (isAlive || this.#heartbeatAt === undefined) {
      this.#heartbeats = heartbeats;
      this.#heartbeatAt = now;
    }
    const timeout = state === HelperState.booting ? START_TIMEOUT : HEARTBEAT_TIMEOUT;
    this.#isGivenUp = now - this.#heartbeatAt > timeout;
    if (this.#isGivenUp && state === HelperState.booting)
      warnOfFailure(`it was not up after ${START_TIMEOUT / 1000} s`);
    return this.#hasDied || this.#isGivenUp;
  }

  /** Only when `isUp`; the data that the thread works with must be written before. @returns false if it was working already */
  work(): boolean {
    const { parked, working } = HelperState;
    if (Atomics.compareExchange(this.control, STATE, parked, working) !== parked) return false;
    Atomics.add(this.control, HEARTBEATS, 1);
    Atomics.notify(this.control, STATE);
    return true;
  }

  /** Makes it exit. @param release frees what the thread used, once it has exited: called before `stop` returns, as a rule */
  stop(release: () => void): void {
    // A starting thread uses nothing yet, and exits when it has started. `terminate` while it loads modules would leak the
    // descriptors of their files.
    if (this.quit() === HelperState.booting) {
      release();
      return;
    }
    if (this.waitForExit()) release();
    else {
      this.#worker.once('exit', release);
      this.#worker.terminate();
    }
    forget(this);
  }

  /** After `quit`: blocks until the thread has exited. @returns false if that took too long, or the thread counts as dead */
  waitForExit(): boolean {
    if (this.#hasDied) return true;
    if (!this.#isGivenUp) Atomics.wait(this.control, STATE, HelperState.quitting, EXIT_TIMEOUT);
    return Atomics.load(this.control, STATE) === HelperState.gone;
  }

  /** Makes it exit, and does not wait for that. @returns the state it was in */
  quit(): number {
    const { working, quitting, gone } = HelperState;
    let state: number = Atomics.load(this.control, STATE);
    for (let expected = -1; state !== expected && state !== quitting && state !== gone; ) {
      expected = state;
      state = Atomics.compareExchange(this.control, STATE, expected, quitting);
    }
    Atomics.notify(this.control, STATE);
    if (state === working) this.#interrupt();
    return state;
  }
}

/** @internal A thread with an event counter, a descriptor that becomes readable to signal one side to the other. */
export interface Helper {
  readonly thread: HelperThread;
  readonly counter: number;
}

/** @internal @returns undefined if the system has no descriptor or no thread left */
export function startHelper(
  code: string,
  data: (counter: number) => object,
  interrupt: (counter: number) => void,
): Helper | undefined {
  let counter: number | undefined;
  try {
    checkRoomForThread();
    const own = eventCounter();
    counter = own;
    return { counter: own, thread: new HelperThread(code, data(own), () => interrupt(own)) };
  } catch (error) {
    if (counter !== undefined) close(counter);
    if (!(error instanceof PosixError) && !NO_THREAD.includes((error as { code?: unknown }).code)) throw error;
    warnOfFailure(error);
    return undefined;
  }
}

/** For the thread's own loop, and to read the FFI library. */
const DESCRIPTORS_OF_A_THREAD = 8;

/** The host leaks a descriptor for each thread that starts without enough of them. @throws PosixError (EMFILE, ENFILE) */
function checkRoomForThread(): void {
  const opened: number[] = [];
  try {
    while (opened.length < DESCRIPTORS_OF_A_THREAD) opened.push(eventCounter());
  } finally {
    for (const fd of opened) close(fd);
  }
}

/** No thread is left, or Node's permission model allows none. */
const NO_THREAD: readonly unknown[] = ['ERR_WORKER_INIT_FAILED', 'ERR_WORKER_OUT_OF_MEMORY', 'ERR_ACCESS_DENIED'];

/** The program notices that by itself, and a later try may succeed. The module loader tells it in the system's words only. */
const NO_DESCRIPTOR = /\bE[MN]FILE\b|too many open files|file table overflow/i;
const reported = new Set<string>();

/** At once, and each cause once: a thread that fails is started again and again. */
function warnOfFailure(cause: unknown): void {
  const text = String(cause).replace(/\.$/, '');
  if (reported.has(text) || NO_DESCRIPTOR.test(text)) return;
  reported.add(text);
  console.warn(
    `ESC_HELPER_THREAD_FAILED: @escapement/io could not use a thread to watch descriptors while the loop sleeps: ${text}. Everything works, but the loop looks by itself, up to a thousand times a second, which takes CPU time. Let the process start worker threads (under Node's permission model: --allow-worker), or use the strategy of epollModule, which needs none to watch descriptors.`,
  );
}

const threads = new Set<HelperThread>();

function forget(thread: HelperThread): void {
  if (threads.delete(thread) && threads.size === 0) process.off('exit', quitAll);
}

/**
 * A thread in a system call would delay the exit of the process, and a thread that is ended while it loads the FFI library
 * aborts the process. One listener for all threads, because the host warns of a leak when there are many.
 */
function quitAll(): void {
  for (const thread of threads) thread.quit();
  for (const thread of threads) thread.waitForExit();
}

/** @internal Runs in the thread, until it is to exit: calls `work` while the state is `working`, waits while it is `parked`. */
export function serveAsHelper(control: Int32Array, work: () => void): void {
  const { booting, parked, working, quitting, gone } = HelperState;
  Atomics.compareExchange(control, STATE, booting, parked);
  while (Atomics.load(control, STATE) !== quitting) {
    Atomics.wait(control, STATE, parked);
    while (Atomics.load(control, STATE) === working) {
      Atomics.add(control, HEARTBEATS, 1);
      work();
    }
  }
  Atomics.store(control, STATE, gone);
  Atomics.notify(control, STATE);
}

/** @internal Parks a thread, from either side, until `HelperThread.work` starts it again. @returns false if it was not working */
export function park(control: Int32Array): boolean {
  const { working, parked } = HelperState;
  return Atomics.compareExchange(control, STATE, working, parked) === working;
}
