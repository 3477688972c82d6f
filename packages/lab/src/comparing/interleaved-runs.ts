import type { Duration } from 'escapement';
import type { Results } from '../results/results.js';
import { runCommand } from './command-run.js';
import type { ResultsFolder } from './results-folder.js';

/** A command to run, and the part of the folder for its results. */
export interface MeasuredCommand {
  readonly name: string;
  /** As the user wrote it. */
  readonly text: string;
  readonly command: string;
  readonly part: string;
}

/** Is told how far the runs are. */
export interface RunsObserver {
  /** Before a run. @param left how long the rest will take, in milliseconds; undefined before the first has ended */
  starting(share: number, doing: string, left: Duration | undefined): void;
  /** After a run, with all results so far for each command. What it throws ends the measurement. */
  ended(results: readonly (readonly Results[])[]): void;
}

/**
 * Runs each command so many times, in the order A B B A A B B A ..., so that a slow phase of the machine concerns both alike.
 *
 * @returns for each command the results there are; fewer if the signal was aborted
 * @throws UsageError if a command writes no results
 */
export async function runInterleaved(
  commands: readonly MeasuredCommand[],
  runs: number,
  folder: ResultsFolder,
  observer: RunsObserver,
  signal: AbortSignal,
): Promise<Results[][]> {
  const found = commands.map((): Results[] => []);
  const total = runs * commands.length;
  const start = performance.now();
  for (let n = 0; n < total && !signal.aborted; n++) {
    const run = Math.floor(n / commands.length);
    const place = n % commands.length;
    const index = run % 2 === 0 ? place : commands.length - 1 - place;
    const { name, text, command, part } = commands[index]!;
    const left = n === 0 ? undefined : ((performance.now() - start) / n) * (total - n);
    observer.starting(n / total, `run ${run + 1} of ${runs}: ${name}`, left);
    const results = await runCommand(command, folder.file(part, run), signal, `${name} (${text})`);
    if (results === undefined) break;
    found[index]!.push(results);
    observer.ended(found);
  }
  return found;
}
