import type { Task } from '@escapement/core';
import { type ExitSignal, SignalError } from './errors.js';

const SIGNALS: readonly ExitSignal[] = ['SIGINT', 'SIGTERM'];
/**
 * The milliseconds that clean-ups have in any case. npm passes a Ctrl-C on to a process that has got it from the terminal
 * already, so the second signal may come a millisecond after the first.
 */
const LEAST_GRACE = 250;

/** @internal Listens for the signals that ask a process to end. The first cancels a task, the second ends the process. */
export class ExitSignals {
  #receivedAt: number | undefined = undefined;
  #task: Task | undefined = undefined;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#receive);
  }

  /** The first signal cancels `task`. */
  cancels(task: Task): void {
    this.#task = task;
  }

  /** Signals do again what they did before. */
  stop(): void {
    for (const signal of SIGNALS) process.off(signal, this.#receive);
  }

  readonly #receive = (signal: NodeJS.Signals): void => {
    const error = new SignalError(signal as ExitSignal);
    const now = performance.now();
    if (this.#receivedAt !== undefined) {
      const exit = () => process.exit(error.exitCode);
      const grace = this.#receivedAt + LEAST_GRACE - now;
      if (grace <= 0) exit();
      else setTimeout(exit, grace).unref();
      return;
    }
    this.#receivedAt = now;
    this.#task?.cancel(error);
  };
}
