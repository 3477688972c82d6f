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

/** Columns of the terminal; 80 where there is none. */
export function widthOf(stream: { readonly columns?: number }): number {
  return stream.columns || 80;
}

/** Runs work whose signal is aborted by Ctrl-C, or by the end of the process from outside. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  process.once('SIGINT', abort).once('SIGTERM', abort);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', abort).off('SIGTERM', abort);
  }
}
