import { constants } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { UsageError } from '../usage-error.js';

/** Parses a whole number that is no smaller than this. */
export function above(least: number): (text: string) => number {
  return text => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number, ${least} or more`);
  };
}

/** Parses any number that is no smaller than this. */
export function fractionAbove(least: number): (text: string) => number {
  return text => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a number, ${least} or more`);
  };
}

/** Parses `old=new`, one at a time. */
export function named(text: string, previous: ReadonlyMap<string, string> = new Map()): Map<string, string> {
  const [, a, b] = /^([^=]+)=([^=]+)$/.exec(text) ?? [];
  if (a === undefined || b === undefined)
    throw new InvalidArgumentError('Expected the names in A and B, as in old=new');
  return new Map([...previous, [a, b]]);
}

/** Reports what came after the arguments: a command that takes options as arguments does not know an unknown option. */
export function noStrayOption(rest: readonly string[]): void {
  const [stray] = rest;
  if (stray === undefined) return;
  const what = stray.startsWith('-') ? `unknown option '${stray}'` : `too many arguments: '${stray}'`;
  throw new UsageError(`${what}. Put a command line in quotes. See --help.`);
}

/**
 * Work of a subcommand whose exit code 1 means something else than an error: what it throws becomes a `UsageError`, and so 2.
 */
export async function failingWith2<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

type Signal = 'SIGINT' | 'SIGTERM';

/** What work came to, and the signal that ended it before its time. */
export interface Interruptible<T> {
  readonly result: T;
  readonly signal?: Signal;
}

/** Runs work that the first signal asks to end; a second one ends this process at once, as it would without us. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<Interruptible<T>> {
  const controller = new AbortController();
  let received: Signal | undefined;
  const interrupt = (signal: Signal) => {
    received ??= signal;
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    controller.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    const result = await work(controller.signal);
    return received === undefined ? { result } : { result, signal: received };
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** The exit code of a process that a signal ended. */
export function statusOf(signal: Signal): number {
  return 128 + constants.signals[signal];
}
