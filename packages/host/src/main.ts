import {
  Cancelled,
  checkArgument,
  type Duration,
  type EventLoop,
  type Handled,
  type LoopEvent,
  type ProgramOf,
  type Yieldable,
} from '@escapement/core';
import { endProcess } from './end-process.js';
import { SignalError } from './errors.js';
import { ExitSignals } from './exit-signals.js';
import { printError } from './print-error.js';

/** A signal waits for so long at most, and the turns cost less than a thousandth of the time. */
const HOST_TURNS: Duration = 50;

/** How `main` runs a program. */
export interface MainOptions {
  /**
   * Under a strategy that spins or blocks: the host gets a turn, in which a signal can come, at least every so many
   * milliseconds. Default: 50. See `RunOptions.hostTurns`.
   */
  readonly hostTurns?: Duration;
}

/**
 * Runs a whole program, from its first step to the exit code of the process. Call it once, where the process starts.
 *
 * SIGINT (Ctrl-C) and SIGTERM cancel the program, with a `SignalError` for the reason: its clean-ups run, then the process ends with
 * the code 130 or 143. A second signal ends it at once, though no sooner than 250 ms after the first. An error is printed on stderr, and the code is 1. A program that
 * returns leaves `process.exitCode` as it is. Resolves when the program has ended, and rejects only for wrong arguments.
 *
 * Works under every strategy in real time. What still keeps a process alive a second after a signal or an error does so no longer.
 *
 * @param loop has the handlers of the program's events; else the call does not compile
 * @throws InvalidArgumentError
 * @example
 * await main(createLoop(atomicsWaitModule, sleepModule), function* () {
 *   try {
 *     for (;;) yield* work();
 *   } finally {
 *     yield* shield(saveState); // also after Ctrl-C
 *   }
 * });
 */
export async function main<E extends LoopEvent, T, F extends LoopEvent>(
  loop: EventLoop<E>,
  program: ProgramOf<Handled<F, E> & Yieldable<T, F>>,
  options: MainOptions = {},
): Promise<void> {
  checkArgument('main for its loop', loop, 'object', 'a loop, as createLoop makes it');
  const { hostTurns = HOST_TURNS } = checkArgument('main', options, 'object', 'options like { hostTurns: 50 }');
  const signals = new ExitSignals();
  try {
    const task = loop.spawn<T, F>(program, { hostTurns, ...nameFor(program) });
    signals.cancels(task);
    await task;
  } catch (error) {
    await failed(error);
  } finally {
    signals.stop();
  }
}

function nameFor(program: unknown): { readonly name?: string } {
  return typeof program === 'function' && program.name !== '' ? {} : { name: 'main' };
}

async function failed(error: unknown): Promise<void> {
  const isSignal = error instanceof Cancelled && error.reason instanceof SignalError;
  if (isSignal) endProcess(error.reason.exitCode);
  else {
    endProcess(1);
    await printError(error);
  }
}
