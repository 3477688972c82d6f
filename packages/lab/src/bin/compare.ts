#!/usr/bin/env node
import { compare } from '../comparison.js';
import { JsonFile } from '../json-file.js';
import { UsageError } from '../usage-error.js';
import { coloursFor } from '../views/colours.js';
import { progressView } from '../views/progress-view.js';
import { header, report } from '../views/report.js';
import { type CommandLine, parseCommandLine } from './command-line.js';
import { planComparison } from './plan-comparison.js';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const commandLine = parseCommandLine(args);
    if (commandLine !== undefined) await showComparison(commandLine);
    return 0;
  } catch (error) {
    console.error(args.includes('--debug') ? error : `escapement-lab: ${oneLine(error)}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function showComparison(commandLine: CommandLine): Promise<void> {
  const { json } = commandLine;
  const options = await planComparison(commandLine);
  const file = json === undefined ? undefined : await JsonFile.at(json);
  const colours = coloursFor(process.stdout);
  const progress = progressView(process.stderr);
  const comparison = await compare(options, {
    planned: plan => console.log(`${header(plan, colours)}\n`),
    progressed: (scenario, share, doing) => progress.show(scenario, share, doing),
  }).finally(() => progress.end());
  console.log(report(comparison, colours));
  await file?.write(comparison);
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ');
}
