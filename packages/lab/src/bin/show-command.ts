import type { Command } from 'commander';
import { machineDifferences } from '../comparing/machine-differences.js';
import { readResults } from '../comparing/read-results.js';
import { describeMachine } from '../results/machine.js';
import type { Results } from '../results/results.js';
import { UsageError } from '../usage-error.js';
import { header } from '../views/header.js';
import { report } from '../views/report.js';
import { type Terminal, terminalOf } from '../views/terminal.js';
import { cleaned, wrapped } from '../views/text.js';
import { addOutputOptions, type OutputOptions, Outputs } from './outputs.js';

/** Adds the subcommand `show` to the lab's command. @param ended is called with the exit code */
export function addShowCommand(program: Command, ended: (status: number) => void): void {
  const command = program
    .command('show <file...>')
    .description('Shows results that --json wrote, and writes them in other forms.')
    .helpOption('-h, --help', 'show this')
    .action(async (paths: readonly string[], options: OutputOptions) => ended(await show(paths, options)));
  addOutputOptions(command, 'json');
}

/** @returns the exit code */
async function show(paths: readonly string[], options: OutputOptions): Promise<number> {
  const all = paths.flatMap(readResults);
  if (all.length > 1 && Object.keys(options).length > 0) {
    throw new UsageError(`--${Object.keys(options)[0]}: one file cannot hold ${all.length} results. Name one of them.`);
  }
  const outputs = await Outputs.at(options);
  console.log(all.map(results => savedText(results, terminalOf(process.stdout))).join('\n\n\n'));
  const problems = await outputs.write(all[0]!);
  for (const problem of problems) console.error(`escapement-lab: ${problem}`);
  return problems.length > 0 ? 1 : 0;
}

function savedText(results: Results, terminal: Terminal): string {
  const differences = machineDifferences(results.machine, describeMachine());
  const { colours, width } = terminal;
  const warning = `Measured on another machine than this (${differences.join('; ')}): the figures do not hold here.`;
  return [
    header(results, terminal),
    ...(differences.length > 0 ? [colours.yellow(wrapped(cleaned(warning), width, '  '))] : []),
    `\n${report(results, terminal)}`,
  ].join('\n');
}
