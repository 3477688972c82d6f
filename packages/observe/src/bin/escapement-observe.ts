#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { LookError } from '../outside/errors.js';
import { type PsOptions, ps } from '../outside/ps-command.js';

const PROGRAM = 'escapement-observe';

function describeCommand(): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const command = new Command(PROGRAM)
    .description('Looks at the loops of a running process.')
    .version(version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this')
    .exitOverride()
    .configureOutput({ writeErr() {} });
  command
    .command('ps')
    .description('Show what the loops of a process do now: which tasks there are, and what each waits for.')
    .argument('<pid>', 'the number of the process', whole('the number of a process', 1))
    .option('--all', 'a line for each task; without it, one for all that are alike')
    .option('--json', 'print the report as JSON')
    .option('--watch', 'show it again and again, until Ctrl-C')
    .option('--interval <s>', 'with --watch, every so many seconds', seconds, 1)
    .option('--port <n>', 'the port of the inspector, if it is open: no signal is sent then', whole('a port', 1))
    .option('--timeout <s>', 'wait so many seconds for an answer', seconds, 5)
    .helpOption('-h, --help', 'show this')
    .addHelpText('after', AFTERWORD)
    .exitOverride()
    .action((pid: number, options: PsOptions) => ps(pid, options));
  return command;
}

const AFTERWORD = `
Opens the inspector of the process with SIGUSR1 and closes it again, which Node
tells on the standard error of that process. The loops stand still for some
milliseconds. Works while they sleep, and while they compute.

Exit codes: 0 shown; 1 the process could not be looked at; 2 wrong usage.

  escapement-observe ps 4242
  escapement-observe ps 4242 --watch --interval 0.5
  escapement-observe ps 4242 --all --json > tasks.json`;

function whole(what: string, least: number): (text: string) => number {
  return text => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected ${what}, like 4242`);
  };
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= 86_400) return value;
  throw new InvalidArgumentError('Expected seconds, above 0');
}

async function main(args: readonly string[]): Promise<number> {
  try {
    const command = describeCommand();
    await command.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    console.error(`${PROGRAM}: ${oneLine(error)}`);
    return error instanceof CommanderError ? 2 : 1;
  }
}

function oneLine(error: unknown): string {
  if (error instanceof LookError) return error.message;
  if (!(error instanceof CommanderError))
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = error.message.replaceAll(/\s*\n\s*/g, ' ');
  return `${message.replace(/^error: /, '').replace(/\.$/, '')}. See --help.`;
}

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await main(process.argv.slice(2));
