import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { Duration } from 'escapement';
import { UsageError } from '../usage-error.js';

/** What the user asked for. */
export interface CommandLine {
  readonly quick?: boolean;
  /** As many as the time allows if left out. */
  readonly rounds?: number;
  readonly seed?: number;
  readonly sleep?: readonly Duration[];
  /** All if left out. */
  readonly strategy?: readonly string[];
  readonly module?: readonly string[];
  readonly baselines: boolean;
  readonly json?: string;
  readonly debug?: boolean;
}

/**
 * Reads the arguments. If they ask for help it is shown, and nothing comes back.
 *
 * @throws UsageError
 */
export function parseCommandLine(args: readonly string[]): CommandLine | undefined {
  try {
    return describeCommand().parse(args, { from: 'user' }).opts<CommandLine>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(asSentence(error.message));
  }
}

function describeCommand(): Command {
  return new Command('escapement-lab')
    .description('Compares waiting strategies on this machine: how late they wake, and what that costs.')
    .option('--quick', 'rougher figures, in less than 15 seconds instead of 60')
    .option('--rounds <n>', 'measure this many rounds, however long they take', wholeFrom(1))
    .option('--seed <n>', 'shuffle as another run did', wholeFrom(0))
    .option('--sleep <ms...>', 'how long to sleep, in milliseconds (default: 0.1 1 5 16.7)', durations)
    .option('--strategy <alias...>', 'measure only these strategies, besides those of --module')
    .option('--module <path...>', 'measure the strategies of this JavaScript module too')
    .option('--no-baselines', 'leave out what Node offers without the loop')
    .option('--json <file>', 'write the complete results to this file')
    .option('--debug', 'on failure, show the stack')
    .helpOption('--help', 'show this')
    .addHelpText('after', AFTERWORD)
    .exitOverride()
    .configureOutput({ writeErr() {} });
}

const AFTERWORD = `
A module for --module exports one or more LoopModules that bind SleepStrategy; the strategy's alias names its row.
Exit codes: 0 measured, 1 measuring failed, 2 wrong usage.

  npm start -- --quick --strategy atomics-wait --module ./my-strategy.js --json results.json`;

function wholeFrom(least: number): (text: string) => number {
  return text => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} on`);
  };
}

/** Commander hands over one at a time, with what came before. */
function durations(text: string, sofar: readonly Duration[] = []): Duration[] {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError('Expected milliseconds above 0');
  return [...sofar, value];
}

/** Commander's `error: unknown option '--sead'\n(Did you mean --seed?)` in one line. */
function asSentence(message: string): string {
  const sentence = message.replace(/^error: /, '').replaceAll('\n', ' ');
  return `${sentence.replace(/\.$/, '')}. See --help.`;
}
