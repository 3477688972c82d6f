import { type Duration, safely } from '@escapement/core';
import { mainThreadOf } from './proc.js';

/** So long a thread that runs JavaScript takes at most, as a rule, to see an interrupt. */
export const NUDGE_AFTER: Duration = 100;
/** So long a thread that is known to need a nudge is left alone. */
const SOON: Duration = 10;

/** Undoes `LISTEN` in the process. */
const LISTENER = "globalThis[Symbol.for('escapement-observe.listener')]";
/** Run in the process, makes it listen for SIGURG, which is ignored else. */
export const LISTEN = `${LISTENER} ??= (process.on('SIGURG', Object), () => process.off('SIGURG', Object))`;
/** Run in the process, undoes that. */
export const LISTEN_NO_MORE = `${LISTENER}?.(), delete ${LISTENER}`;

/**
 * Ends a system call in which the main thread of a process waits, such as that of `epoll`, so that the thread comes to answer: by a
 * signal. SIGUSR1 does that at any time, but may open the inspector again when that is closed in the same moment. SIGURG does nothing
 * else; it needs `LISTEN`.
 */
export class Nudger {
  #signal: 'SIGUSR1' | 'SIGURG' = 'SIGUSR1';
  #wasUsed = false;
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

  /** Nudges until that is undone: soon, and then again and again. @returns a function that undoes it */
  start(): () => void {
    const soon = setTimeout(() => this.nudge(), this.#rest);
    const again = setInterval(() => this.nudge(), NUDGE_AFTER);
    return () => {
      clearTimeout(soon);
      clearInterval(again);
    };
  }

  get #rest(): Duration {
    return this.#signal === 'SIGURG' ? SOON : NUDGE_AFTER;
  }

  /** Sends a signal. */
  signal(): void {
    this.#wasUsed = true;
    safely(() => process.kill(this.pid, this.#signal));
  }

  /** The process has run `LISTEN`. */
  processListens(): void {
    this.#signal = 'SIGURG';
  }

  /** A signal was sent, because no answer came at once. */
  get wasUsed(): boolean {
    return this.#wasUsed;
  }
}
