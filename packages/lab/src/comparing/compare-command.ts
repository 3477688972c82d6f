import type { Command } from 'commander';
import { OutputFile } from '../results/output-file.js';
import type { Results } from '../results/results.js';
import { FLOORS, LEAST_RUNS } from '../statistics/verdict.js';
import { UsageError } from '../usage-error.js';
import { progressView } from '../views/progress-view.js';
import { terminalOf } from '../views/terminal.js';
import { type ComparisonOfResults, compareResults, differencesIn } from './compare-results.js';
import { comparisonText } from './comparison-text.js';
import { type MeasuredCommand, runInterleaved } from './interleaved-runs.js';
import {
  above,
  failingWith2,
  fractionAbove,
  type Interruptible,
  interruptible,
  named,
  noStrayOption,
  statusOf,
} from './options.js';
import { ResultsFolder } from './results-folder.js';
import { type Source, sourceOf } from './source.js';

/** The exit codes: what `verdict` of a comparison comes to. Anything else that ends it is 2, so that 1 means slower. */
const STATUS = { 'no difference': 0, faster: 0, slower: 1, 'cannot tell': 3 } as const;

interface CompareCommandOptions {
  readonly runs: number;
  readonly keep?: string;
  readonly json?: string;
  readonly as?: ReadonlyMap<string, string>;
  readonly floorPercent: number;
  readonly floorUs: number;
  readonly unlikeMachines?: boolean;
  readonly notInterleaved?: boolean;
}

/**
 * Adds the subcommand `compare` to the lab's command.
 *
 * @param ended is called with the exit code when the comparison was shown. The command rejects with a UsageError if there is
 *   none to show
 */
export function addCompareCommand(program: Command, ended: (status: number) => void): void {
  // Else options of the program, as --json, would be taken from the subcommand.
  program.enablePositionalOptions();
  program
    .command('compare <A> <B>')
    .description('Says for each row whether B is slower than A, faster, or neither, from at least five runs a side.')
    .option('--runs <n>', 'how often to run a command line', above(LEAST_RUNS), LEAST_RUNS)
    .option('--keep <folder>', 'keep the results of the runs here, in folders a and b')
    .option('--json <file>', 'write the comparison')
    .option('--as <A=B>', 'this subject of A is that subject of B', named)
    .option('--floor-percent <p>', 'smaller changes do not count', fractionAbove(0), 10)
    .option('--floor-us <us>', 'smaller changes do not count', fractionAbove(0), FLOORS.us)
    .option('--unlike-machines', 'compare even if the machines differ')
    .option('--not-interleaved', 'judge even if the runs of A and B did not take turns')
    .helpOption('-h, --help', 'show this')
    .addHelpText('after', AFTERWORD)
    // A and B may be options of the lab: "--strategy hybrid".
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (a: string, b: string, options: CompareCommandOptions, command: Command) => {
      noStrayOption(command.args.slice(2));
      ended(await failingWith2(() => compare(a, b, options)));
    });
}

const AFTERWORD = `
A and B are each a results file, a folder of them, options of this lab, or
another command line that takes --json FILE. Command lines run in the order
A B B A, so that a slow phase of the machine concerns both. If the runs did not
take turns, as in two folders that were measured one after the other, no row can
be told.

A change counts if it passes both floors and is certain: with 95 % for all rows
together.
Exit codes: 0 no row is slower, 1 a row is slower, 3 no row is slower but one
cannot be told, 2 nothing was compared, 130 interrupted.

  escapement-lab compare "--module ./old.js --time 10" "--module ./new.js --time 10"
  escapement-lab compare "npx lab@1 --quick" "npx lab@2 --quick" --keep runs
  escapement-lab compare runs/a runs/b`;

/** @returns the exit code */
async function compare(a: string, b: string, options: CompareCommandOptions): Promise<number> {
  if (a === b && !a.startsWith('-') && 'results' in sourceOf(a)) {
    throw new UsageError(`A and B are the same: ${a}. To see how much runs of the same code differ: noise ${a}`);
  }
  const sources = [sourceOf(a), sourceOf(b)] as const;
  checkTurns(sources, options);
  const json = options.json === undefined ? undefined : await OutputFile.at('--json', options.json);
  const compareRuns = (results: Sides) => {
    checkMachines(results.flat(), options);
    return compareResults(results[0]!, results[1]!, {
      floors: { ratio: 1 + options.floorPercent / 100, us: options.floorUs },
      names: [a, b],
      notInterleaved: options.notInterleaved === true,
      ...(options.as && { as: options.as }),
    });
  };
  const { result: results, signal } = await resultsOf(sources, options, compareRuns);
  const comparison = compareRuns(results);
  console.log(comparisonText(comparison, terminalOf(process.stdout)));
  await json?.write(`${JSON.stringify(comparison, null, 2)}\n`);
  return signal === undefined ? STATUS[comparison.verdict] : statusOf(signal);
}

/** Before the time is spent: runs of now cannot take turns with those of then. */
function checkTurns(sources: readonly Source[], { notInterleaved }: CompareCommandOptions): void {
  const there = sources.findIndex(source => 'results' in source);
  if (notInterleaved || there < 0 || sources.every(source => 'results' in source)) return;
  const [old, now] = there === 0 ? 'AB' : 'BA';
  throw new UsageError(
    `the runs of ${old} are there already, so those of ${now} cannot take turns with them, and a change of the machine would look like a change of the code. Give both as command lines, or add --not-interleaved.`,
  );
}

/** The results of A and of B. */
type Sides = readonly (readonly Results[])[];

/** Reads what is there, and measures the rest. @param compareRuns throws if the results cannot be compared */
async function resultsOf(
  sources: readonly [Source, Source],
  options: CompareCommandOptions,
  compareRuns: (results: Sides) => ComparisonOfResults,
): Promise<Interruptible<Sides>> {
  const commands = sources.flatMap((source, side): MeasuredCommand[] =>
    'command' in source ? [{ name: 'AB'[side]!, text: source.name, command: source.command, part: 'ab'[side]! }] : [],
  );
  const withFiles = (measured: Sides) => {
    const left = [...measured];
    return sources.map(source => ('results' in source ? source.results : left.shift()!));
  };
  if (commands.length === 0) {
    if (options.keep !== undefined) throw new UsageError('--keep: there is nothing to keep: A and B are files.');
    return { result: withFiles([]) };
  }
  const parts = commands.map(({ part }) => part);
  const folder = ResultsFolder.at(options.keep, parts);
  const progress = progressView(process.stderr);
  const isWhole = (results: Sides) => results.every(each => each.length > 0);
  const observer = {
    starting: progress.show.bind(progress),
    // After the first run of each side, and not when all the time is spent.
    ended: (measured: Sides) => {
      if (isWhole(withFiles(measured))) checkMeasured(compareRuns(withFiles(measured)));
    },
  };
  try {
    return await interruptible(async signal => {
      const results = withFiles(await runInterleaved(commands, options.runs, folder, observer, signal));
      if (isWhole(results)) return results;
      throw new UsageError('interrupted before there was a run of each side. --keep FOLDER keeps what was measured.');
    });
  } finally {
    progress.end();
    folder.close();
  }
}

/** Else all runs would be spent on nothing. A side that failed once may do better. */
function checkMeasured({ rows }: ComparisonOfResults): void {
  if (rows.some(({ a, b }) => a.us !== null || b.us !== null)) return;
  throw new UsageError(`nothing was measured on either side: ${rows[0]!.because}.`);
}

function checkMachines(results: readonly Results[], { unlikeMachines }: CompareCommandOptions): void {
  const differences = differencesIn(results);
  if (differences.length === 0 || unlikeMachines) return;
  throw new UsageError(
    `not the same machine: ${differences.join('; ')}. Figures of two machines say nothing about the code; --unlike-machines compares them all the same.`,
  );
}
