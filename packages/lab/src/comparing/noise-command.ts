import type { Command } from 'commander';
import { OutputFile } from '../results/output-file.js';
import type { Results } from '../results/results.js';
import { UsageError } from '../usage-error.js';
import { progressView } from '../views/progress-view.js';
import { terminalOf } from '../views/terminal.js';
import { differencesIn } from './compare-results.js';
import { runInterleaved } from './interleaved-runs.js';
import { noiseOf } from './noise.js';
import { noiseText } from './noise-text.js';
import { above, failingWith2, type Interruptible, interruptible, noStrayOption, statusOf } from './options.js';
import { ResultsFolder } from './results-folder.js';
import { sourceOf } from './source.js';

interface NoiseCommandOptions {
  readonly runs: number;
  readonly keep?: string;
  readonly json?: string;
}

/**
 * Adds the subcommand `noise` to the lab's command.
 *
 * @param ended is called with the exit code when the noise was shown. The command rejects with a UsageError if there is nothing
 *   to show
 */
export function addNoiseCommand(program: Command, ended: (status: number) => void): void {
  program.enablePositionalOptions();
  program
    .command('noise <A>')
    .description('Says how much runs of the same code differ here, and so what compare can find.')
    .option('--runs <n>', 'how often to run a command line', above(2), 10)
    .option('--keep <folder>', 'keep the results of the runs here')
    .option('--json <file>', 'write what was found')
    .helpOption('-h, --help', 'show this')
    .addHelpText('after', AFTERWORD)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (a: string, options: NoiseCommandOptions, command: Command) => {
      noStrayOption(command.args.slice(1));
      ended(await failingWith2(() => noise(a, options)));
    });
}

const AFTERWORD = `
A is options of this lab, another command line that takes --json FILE, or a folder of results files.
Exit codes: 0 shown, 2 nothing to show.

  escapement-lab noise "--strategy hybrid --rate 1000 --time 2" --runs 20 --keep runs`;

/** @returns the exit code */
async function noise(a: string, options: NoiseCommandOptions): Promise<number> {
  const json = options.json === undefined ? undefined : await OutputFile.at('--json', options.json);
  const { result: results, signal } = await runsOf(a, options);
  if (results.length < 2) throw new UsageError(`${a}: a single run shows no noise. Expected at least two.`);
  const differences = differencesIn(results);
  if (differences.length > 0) throw new UsageError(`${a}: not all on the same machine: ${differences.join('; ')}.`);
  const found = noiseOf(a, results);
  if (found.rows.length === 0) throw new UsageError(`${a}: no row has a figure of two runs: all failed.`);
  console.log(noiseText(found, terminalOf(process.stdout)));
  await json?.write(`${JSON.stringify(found, null, 2)}\n`);
  return signal === undefined ? 0 : statusOf(signal);
}

async function runsOf(a: string, { runs, keep }: NoiseCommandOptions): Promise<Interruptible<readonly Results[]>> {
  const source = sourceOf(a);
  if ('results' in source) {
    if (keep !== undefined) throw new UsageError(`--keep: there is nothing to keep: ${a} is there already.`);
    return { result: source.results };
  }
  const folder = ResultsFolder.at(keep, ['']);
  const progress = progressView(process.stderr);
  const observer = { starting: progress.show.bind(progress), ended() {} };
  const command = { name: 'A', text: a, command: source.command, part: '' };
  try {
    return await interruptible(async signal => {
      const [results] = await runInterleaved([command], runs, folder, observer, signal);
      return results!;
    });
  } finally {
    progress.end();
    folder.close();
  }
}
