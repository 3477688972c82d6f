#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addCompareCommand } from '../comparing/compare-command.js';
import { addNoiseCommand } from '../comparing/noise-command.js';
import { whatFailed } from '../measuring/failure-text.js';
import { UsageError } from '../usage-error.js';
import { addRunOptions } from './command-line.js';
import { run } from './run-command.js';
import { addShowCommand } from './show-command.js';
import { unknownName } from './unknown-name.js';
import { addWebCommand } from './web-command.js';

async function main(args: readonly string[]): Promise<number> {
  const command = describeCommand();
  try {
    let status = 0;
    command.action(async (options, { args: [stray] }: Command) => {
      if (stray !== undefined) throw unknownCommand(stray, command);
      status = await run(options);
    });
    const ended = (code: number) => {
      status = code;
    };
    addCompareCommand(command, ended);
    addNoiseCommand(command, ended);
    addShowCommand(command, ended);
    addWebCommand(command);
    await command.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    console.error(args.includes('--debug') ? error : `escapement-lab: ${oneLine(error)}`);
    return error instanceof UsageError || error instanceof CommanderError ? 2 : 1;
  }
}

function describeCommand(): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (
    addRunOptions(new Command('escapement-lab'))
      .description('Compares ways to wait on this machine: how late they wake, and what that costs.')
      .version(version, '-V, --version', 'show the version')
      .helpOption('-h, --help', 'show this')
      .addHelpText('after', AFTERWORD)
      // They are reported with the nearest command.
      .allowExcessArguments()
      // Else a subcommand's --json would be taken for this command's.
      .enablePositionalOptions()
      .exitOverride()
      .configureOutput({ writeErr() {} })
  );
}

const AFTERWORD = `
A module for --module exports LoopModules that bind SleepStrategy, baselines or
scenarios.

Exit codes: 0 measured, as far as the time allowed; 1 something failed or could
not be saved (the rest is shown and saved); 2 wrong usage; 130 interrupted by
Ctrl-C (what was measured is shown and saved; a second Ctrl-C ends at once).

  escapement-lab --quick --strategy hybrid --module ./mine.js --html report.html
  escapement-lab show results.json --csv results.csv`;

function unknownCommand(name: string, { commands }: Command): UsageError {
  const names = commands.map(command => command.name());
  return unknownName('command', name, names, 'Without a command, options say what to measure.');
}

/** Commander's \`error: unknown option '--sead'\\n(Did you mean --seed?)\` too. */
function oneLine(error: unknown): string {
  // Code of a module may fail here, too: a scenario that checks its settings.
  const isKnown = error instanceof UsageError || error instanceof CommanderError;
  const message = (isKnown ? error.message : whatFailed(error)).replaceAll(/\s*\n\s*/g, ' ');
  if (!(error instanceof CommanderError)) return message;
  return `${message.replace(/^error: /, '').replace(/\.$/, '')}. See --help.`;
}

/** A reader that has seen enough, such as `head`, is no failure; files are written all the same. */
function ignoreClosedPipe(stream: NodeJS.WriteStream): void {
  let isKnown = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isKnown) return;
    isKnown = true;
    console.error(`escapement-lab: the output could not be written: ${error.message}`);
    process.on('exit', () => {
      process.exitCode ||= 1;
    });
  });
}

ignoreClosedPipe(process.stdout);
process.stderr.on('error', () => {});
process.exitCode = await main(process.argv.slice(2));
