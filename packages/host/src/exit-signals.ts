import { constants } from 'node:os';
import type { Task } from '@escapement/core';
import { SignalError } from './errors.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** Open handles may keep a process alive that a signal should have ended: for so many milliseconds. */
const PATIENCE = 1000;

/** @internal Listens for the signals that ask a process to end. The first cancels a task, the second ends the process. */
export class ExitSignals {
  #received: string | undefined = undefined;
  #task: Task | undefined = undefined;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#receive);
  }

  /** The first signal cancels `task`: at once, if it has come already. */
  cancels(task: Task): void {
    this.#task = task;
    if (this.#received !== undefined) task.cancel(new SignalError(this.#received));
  }

  /** Signals do again what they did before. */
  stop(): void {
    for (const signal of SIGNALS) process.off(signal, this.#receive);
  }

  /** Lets the process end, with the exit code that shells use for `signal`; after a second even if something keeps it alive. */
  endProcess(signal: string): void {
    const code = exitCodeOf(signal);
    process.exitCode = code;
    setTimeout(() => process.exit(code), PATIENCE).unref();
  }

  readonly #receive = (signal: string): void => {
    if (this.#received !== undefined) process.exit(exitCodeOf(signal));
    this.#received = signal;
    this.#task?.cancel(new SignalError(signal));
  };
}

function exitCodeOf(signal: string): number {
  return 128 + constants.signals[signal as NodeJS.Signals];
}
