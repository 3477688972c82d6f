import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parseResults } from '../results/parse-results.js';
import type { Results } from '../results/results.js';
import { UsageError } from '../usage-error.js';
import { header } from '../views/header.js';
import { report } from '../views/report.js';
import { terminalOf } from '../views/terminal.js';
import { addOutputOptions, type OutputOptions, Outputs } from './outputs.js';

/** Adds the subcommand `show` to the lab's command. @param ended is called with the exit code */
export function addShowCommand(program: Command, ended: (status: number) => void): void {
  const command = program
    .command('show <file...>')
    .description('Shows results that --json wrote, and writes them in other forms.')
    .helpOption('-h, --help', 'show this')
    .action(async (files: readonly string[], options: OutputOptions) => ended(await show(files, options)));
  addOutputOptions(command, 'json');
}

/** @returns the exit code */
async function show(files: readonly string[], options: OutputOptions): Promise<number> {
  const all = files.map(readFile);
  if (all.length > 1 && Object.keys(options).length > 0) {
    throw new UsageError(`--${Object.keys(options)[0]}: one file cannot hold the results of ${all.length}. Name one.`);
  }
  const outputs = await Outputs.at(options);
  const terminal = terminalOf(process.stdout);
  console.log(all.map(results => `${header(results, terminal)}\n\n${report(results, terminal)}`).join('\n\n\n'));
  const problems = await outputs.write(all[0]!);
  for (const problem of problems) console.error(`escapement-lab: ${problem}`);
  return problems.length > 0 ? 1 : 0;
}

function readFile(path: string): Results {
  return parseResults(contentOf(path), path);
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path}: could not be read: ${(error as Error).message}`, { cause: error });
  }
}
