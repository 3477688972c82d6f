import { type Duration, safely } from '@escapement/core';
import { mainThreadOf, pollingThreadsOf } from './proc.js';

/** So long a thread that runs JavaScript takes at most, as a rule, to see an interrupt. */
export const NUDGE_AFTER: Duration = 50;
/** So long a thread is left alone where a nudge does nothing else. */
const SOON: Duration = 10;
/** The longest time between two nudges. */
const LONGEST: Duration = 100;

/** Undoes `LISTEN` in the process. */
const LISTENER = "globalThis[Symbol.for('escapement-observe.listener')]";
/** Run in the process, makes it listen for SIGURG, which is ignored else. */
export const LISTEN = `${LISTENER} ??= (process.on('SIGURG', Object), () => process.off('SIGURG', Object))`;
/** Run in the process, undoes that. */
export const LISTEN_NO_MORE = `${LISTENER}?.(), delete ${LISTENER}`;

/**
 * Ends a system call in which a thread of a process waits, such as that of `epoll`, so that the thread comes to answer: by a
 * signal. SIGUSR1 does that to the main thread at any time, but may open the inspector again when that is closed in the same moment.
 * SIGURG does nothing else; it needs `LISTEN`.
 */
export class Nudger {
  #signal: 'SIGUSR1' | 'SIGURG' = 'SIGUSR1';
  #lastRisk = -Infinity;
  #next: number;

  /** @param rest how long the process is left alone first, in milliseconds */
  constructor(
    private readonly pid: number,
    rest: Duration = 0,
  ) {
    this.#next = Date.now() + rest;
  }

  /** Sends a signal if the thread waits, but not before the last one had its effect: so several requests may call it. */
  nudge(): void {
    if (Date.now() < this.#next || !safely(() => mainThreadOf(this.pid).isAsleep)) return;
    this.#next = Date.now() + this.#rest;
    this.signal();
  }

  /**
   * Nudges until that is undone: soon, and then again and again.
   * @param areWorkersAsked whether workers that wait have to come to answer, too
   * @returns a function that undoes it
   */
  start(areWorkersAsked = false): () => void {
    let pause = this.#rest;
    const nudge = () => {
      this.nudge();
      if (areWorkersAsked) this.#nudgeWorkers();
      pause = Math.min(2 * pause, LONGEST);
      timer = setTimeout(nudge, pause);
    };
    let timer = setTimeout(nudge, pause);
    return () => clearTimeout(timer);
  }

  get #rest(): Duration {
    return this.#signal === 'SIGURG' ? SOON : NUDGE_AFTER;
  }

  /** Sends a signal. */
  signal(): void {
    if (this.#signal === 'SIGUSR1') this.#lastRisk = Date.now();
    safely(() => process.kill(this.pid, this.#signal));
  }

  /** The number of a thread, for the number of a process: Linux gives the signal to that thread first. */
  #nudgeWorkers(): void {
    if (this.#signal !== 'SIGURG') return;
    for (const thread of safely(() => pollingThreadsOf(this.pid)) ?? []) safely(() => process.kill(thread, 'SIGURG'));
  }

  /** The process has run `LISTEN`. */
  processListens(): void {
    this.#signal = 'SIGURG';
    this.#next = 0;
  }

  /** When a signal was sent that may open the inspector again; `-Infinity` if none was. */
  get lastRisk(): number {
    return this.#lastRisk;
  }
}
