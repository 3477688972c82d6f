import { constants } from 'node:os';
import { isMainThread, threadId } from 'node:worker_threads';
import { describe, InvalidArgumentError } from '@escapement/core';
import { type LookOptions, lookAtLoops } from './look-at-loops.js';
import { showThreads } from './show-report.js';
import { wantsColours } from './text.js';

/** The first ends the process whatever it does, the second stops it, and the third opens its inspector. */
const RESERVED: readonly string[] = ['SIGKILL', 'SIGSTOP', 'SIGUSR1'];

/**
 * What the loops of this thread do now, as text: the tree of tasks, what each waits for, who holds that, and what else
 * `escapement-observe ps` shows.
 *
 * @example process.on('uncaughtException', error => console.error(error, dumpLoops()));
 */
export function dumpLoops(options: LookOptions = {}): string {
  return dumpWith(options, false);
}

/**
 * Prints `dumpLoops()` on the standard error whenever the process gets `signal`, which ends the process no more. Call it in the
 * main thread, which alone gets signals. Needs turns of the host: under a strategy that spins or blocks, the dump comes when
 * the run ends, unless it has `hostTurns`. `escapement-observe ps` needs none.
 *
 * @returns a function that undoes it
 * @throws InvalidArgumentError for a name of no signal, or of one that cannot be used: SIGKILL, SIGSTOP, SIGUSR1
 * @example dumpOnSignal('SIGQUIT'); // then: kill -QUIT <pid>, or Ctrl-\ in its terminal
 */
export function dumpOnSignal(signal: `SIG${string}` = 'SIGQUIT', options: LookOptions = {}): () => void {
  if (typeof signal !== 'string' || !Object.hasOwn(constants.signals, signal) || RESERVED.includes(signal)) {
    throw new InvalidArgumentError(
      'ESC_INVALID_ARGUMENT',
      `dumpOnSignal got ${describe(signal)}, expected a signal that a program can listen for, like 'SIGQUIT' or 'SIGUSR2'.`,
    );
  }
  const dump = () => void process.stderr.write(`${dumpWith(options, wantsColours(process.stderr))}\n`);
  // The public type names none of Node's: programs may be checked without them.
  const listened = signal as NodeJS.Signals;
  process.on(listened, dump);
  return () => void process.off(listened, dump);
}

function dumpWith(options: LookOptions, hasColours: boolean): string {
  const name = isMainThread ? 'main thread' : `worker ${threadId}`;
  const lines = showThreads([{ name, loops: lookAtLoops(options) }], { hasColours, columns: undefined });
  return lines.slice(1).join('\n');
}
