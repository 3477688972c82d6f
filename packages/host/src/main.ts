import {
  bodyOf,
  Cancelled,
  currentTask,
  type EventLoop,
  type Handled,
  type LoopEvent,
  type Program,
  type ProgramOf,
  type Yieldable,
} from '@escapement/core';
import { SignalError } from './errors.js';
import { ExitSignals } from './exit-signals.js';
import { printError } from './print-error.js';

/**
 * Runs a whole program, from its first step to the exit code of the process. Call it once, where the process starts.
 *
 * SIGINT and SIGTERM cancel the program, with a `SignalError` for the reason: its clean-ups run, then the process ends with
 * the code 130 or 143. A second signal ends it at once. An error is printed, and the code is 1. A program that returns leaves
 * `process.exitCode` as it is. Resolves when the run is over, and never rejects.
 *
 * @param loop has the handlers of the program's events; else the call does not compile
 * @example
 * await main(createLoop(setTimeoutModule, sleepModule), function* () {
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
): Promise<void> {
  const signals = new ExitSignals();
  try {
    await (loop as EventLoop<LoopEvent>).run(cancelledBy(signals, program as Program<T, LoopEvent>));
  } catch (error) {
    const signal = signalThatEnded(error);
    if (signal === undefined) await failed(error);
    else signals.endProcess(signal);
  } finally {
    signals.stop();
  }
}

/** Has the name of the program, and so has its task. */
function cancelledBy<T>(signals: ExitSignals, program: Program<T, LoopEvent>): () => Yieldable<T, LoopEvent> {
  function* run(): Generator<LoopEvent, T, never> {
    signals.cancels(yield* currentTask());
    return yield* bodyOf('main', program);
  }
  const name = typeof program === 'function' && program.name !== '' ? program.name : 'main';
  return Object.defineProperty(run, 'name', { value: name }) as () => Yieldable<T, LoopEvent>;
}

function signalThatEnded(error: unknown): string | undefined {
  if (!(error instanceof Cancelled)) return undefined;
  return error.reason instanceof SignalError ? error.reason.signal : undefined;
}

async function failed(error: unknown): Promise<void> {
  process.exitCode ||= 1;
  await printError(error);
}
