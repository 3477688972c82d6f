import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { Duration } from 'escapement';
import { UsageError } from '../usage-error.js';

/** The parsed options. */
export interface CommandLine {
  readonly quick?: boolean;
  /** Default: as many as the time limit allows. */
  readonly rounds?: number;
  readonly seed?: number;
  readonly sleep?: readonly Duration[];
  /** Default: all. */
  readonly strategy?: readonly string[];
  readonly module?: readonly string[];
  readonly baselines: boolean;
  readonly json?: string;
  readonly debug?: boolean;
}

/**
 * Parses the arguments. Shows the help and returns undefined if they ask for it.
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
    .description('Compares sleep strategies on this machine: how late they wake, and what that costs.')
    .option('--quick', 'less exact figures, in less than 15 seconds instead of 60')
    .option('--rounds <n>', 'measure this many rounds, however long they take', wholeFrom(1))
    .option('--seed <n>', 'shuffle in the same order as another run', wholeFrom(0))
    .option('--sleep <ms...>', 'how long to sleep, in milliseconds (default: 0.1 1 5 16.7)', durations)
    .option('--strategy <alias...>', 'measure only these strategies, besides those of --module')
    .option('--module <path...>', 'measure the strategies of this JavaScript module too')
    .option('--no-baselines', 'do not measure what Node offers without the loop')
    .option('--json <file>', 'write the complete results to this file')
    .option('--debug', 'on failure, show the stack')
    .helpOption('--help', 'show this')
    .addHelpText('after', AFTERWORD)
    .exitOverride()
    .configureOutput({ writeErr() {} });
}

const AFTERWORD = `
A module for --module exports one or more LoopModules that bind SleepStrategy; the alias of a strategy names its row.
Exit codes: 0 measured, 1 measuring failed, 2 wrong usage.

  npm start -- --quick --strategy atomics-wait --module ./my-strategy.js --json results.json`;

function wholeFrom(least: number): (text: string) => number {
  return text => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number, ${least} or more`);
  };
}

/** Commander passes one value at a time, with the previous ones. */
function durations(text: string, previous: readonly Duration[] = []): Duration[] {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError('Expected milliseconds above 0');
  return [...previous, value];
}

/** Puts Commander's `error: unknown option '--sead'\n(Did you mean --seed?)` on one line. */
function asSentence(message: string): string {
  const sentence = message.replace(/^error: /, '').replaceAll('\n', ' ');
  return `${sentence.replace(/\.$/, '')}. See --help.`;
}
