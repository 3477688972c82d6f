import type { Task } from '@escapement/core';
import { SignalError } from './errors.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** @internal Listens for the signals that ask a process to end. The first cancels a task, the second ends the process. */
export class ExitSignals {
  #received: SignalError | undefined = undefined;
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
    const error = new SignalError(signal);
    if (this.#received !== undefined) process.exit(error.exitCode);
    this.#received = error;
    this.#task?.cancel(error);
  };
}
