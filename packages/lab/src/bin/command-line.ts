import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Duration } from 'escapement';
import { addOutputOptions, type OutputOptions } from './outputs.js';

/** The parsed options of a run. */
export interface RunOptions extends OutputOptions {
  readonly quick?: boolean;
  /** In seconds. */
  readonly time?: number;
  readonly rounds?: number;
  readonly seed?: number;
  readonly scenario?: readonly string[];
  readonly rate?: readonly number[];
  readonly sleep?: readonly Duration[];
  readonly set?: readonly Setting[];
  readonly strategy?: readonly string[];
  readonly policy?: readonly string[];
  /** False: none. */
  readonly baselines: boolean;
  readonly baseline?: readonly string[];
  readonly module?: readonly string[];
  readonly why?: boolean;
  /** In milliseconds. */
  readonly untilLate?: Duration;
  readonly debug?: boolean;
}

/** `--set crowd=10,1000` */
export interface Setting {
  readonly scenario: string;
  readonly values: readonly number[];
}

/** Adds the options of a run to a command. */
export function addRunOptions(command: Command): Command {
  const options = command
    .option('--quick', 'less exact figures, in some 15 seconds instead of 60, whatever else is asked for')
    .option('--time <s>', 'take at most this many seconds', positive('seconds'))
    .option(
      '--rounds <n>',
      'measure at most this many rounds; without --quick or --time, however long they take',
      wholeFrom(1),
    )
    .option('--seed <n>', 'shuffle in the same order as another run', wholeFrom(0))
    .option('--scenario <name...>', 'what to measure (default: metronome lateness)')
    .option('--rate <hz...>', 'the rates of metronome, in ticks a second', list(positive('ticks a second')))
    .option('--sleep <ms...>', 'the sleeps of lateness, in milliseconds', list(positive('milliseconds')))
    .addOption(
      new Option('--set <scenario=values...>', 'the settings of another scenario, as in crowd=10,1000').argParser(
        list(setting),
      ),
    )
    .option(
      '--strategy <alias...>',
      'which strategies to measure, beside all of --module; "all" for each that is there',
    )
    .option('--policy <alias...>', 'measure only these scheduling policies, in the scenarios that measure policies')
    .option('--baseline <name...>', 'compare with these other ways to wait; "all" for each that is there')
    .option('--no-baselines', 'do not measure what there is without the loop')
    .option('--module <path...>', 'add the strategies, baselines and scenarios of this JavaScript module')
    .option('--why', 'find out where the lateness of the latest ticks comes from, in further rounds')
    .option('--until-late <duration>', 'end with the first tick so late (2ms, 500us) and tell why it was', duration)
    .option('--debug', 'on failure, show the stack');
  return addOutputOptions(options);
}

/** Commander passes one value at a time, with the previous ones. Doubles are left out. */
function list<T>(parse: (text: string) => T): (text: string, previous?: readonly T[]) => T[] {
  return (text, previous = []) => [...new Set([...previous, parse(text)])];
}

function positive(unit: string): (text: string) => number {
  return text => {
    const value = Number(text);
    if (text.trim() !== '' && value > 0 && value < Infinity) return value;
    throw new InvalidArgumentError(`Expected ${unit} above 0`);
  };
}

/** Milliseconds, if there is no unit. */
function duration(text: string): Duration {
  const [, number, unit] = /^([\d.]+)\s*(us|ms|s)?$/.exec(text.trim()) ?? [];
  const value = Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit ?? 'ms']!;
  if (value > 0) return value;
  throw new InvalidArgumentError('Expected a duration, as in 2ms or 500us');
}

function wholeFrom(least: number): (text: string) => number {
  return text => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number, ${least} or more`);
  };
}

function setting(text: string): Setting {
  const [, scenario, values] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const numbers = values?.split(',').map(Number) ?? [];
  if (scenario === undefined || numbers.length === 0 || numbers.some(Number.isNaN)) {
    throw new InvalidArgumentError('Expected a scenario and its settings, as in crowd=10,1000');
  }
  return { scenario, values: [...new Set(numbers)] };
}
