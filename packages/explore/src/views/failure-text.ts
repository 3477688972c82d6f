import { describe, safely } from '@escapement/core';
import type { ScheduleSize } from '../schedule-size.js';
import { firstIndexOf, type Otherwise, type Trace } from '../trace.js';
import type { Divergence } from '../tracing/divergence.js';
import { pairOf, pairText } from './pair-text.js';
import { counted, harmless, oneLine } from './text.js';
import { painter, type TextOptions, traceTable } from './trace-table.js';

/** What is told of a failure: see `Failure`. */
export interface FailureFacts {
  /** Of the test. */
  readonly name: string | undefined;
  /** What the run failed with. */
  readonly error: unknown;
  /** Repeats the run. */
  readonly token: string;
  /** Which run of the exploration failed. */
  readonly run: number;
  /** The schedule as it was found. */
  readonly found: Omit<ScheduleSize, 'steps'>;
  /** The schedule as it is shown. */
  readonly shrunk: Omit<ScheduleSize, 'steps'>;
  /** After how much the shrinking was stopped, in words; undefined if it came to its end. */
  readonly stoppedAfter?: string | undefined;
  /** The run, step by step. */
  readonly trace: Trace;
  /** The last choice without which the run does not fail so. */
  readonly decision: { readonly what: string; readonly otherwise?: Otherwise } | undefined;
  /** Where it was not the same when it was repeated. */
  readonly divergence: Divergence | undefined;
}

/**
 * What is to be known of a failure: the error, the line that repeats it, what decides, and the run as a table. It is what
 * `String(failure)` is, for another width, or with colours.
 *
 * @example console.log(failureText(failure, { width: process.stdout.columns, colours: process.stdout.isTTY }));
 */
export function failureText(failure: FailureFacts, options: TextOptions = {}): string {
  return failureReport(failure, `replay(program, '${failure.token}')`, options);
}

/** @param repeat the line that repeats the run */
export function failureReport(failure: FailureFacts, repeat: string, options: TextOptions = {}): string {
  const parts = [headText(failure, repeat, options), causeText(failure, options), traceTable(failure.trace, options)];
  return parts.join('\n\n');
}

function headText({ name, error, run, found, shrunk }: FailureFacts, repeat: string, options: TextOptions): string {
  return [
    errorLine(error, options),
    `${quoted(name)} failed in run ${run} (${sizeText(found, shrunk)}). This line repeats it:`,
    painter(options.colours ?? false, 'bold')(`    ${repeat}`),
  ].join('\n');
}

/** `2 switches, shrunk to 1`; with choices that are no switches: `2 switches and 1 other choice, shrunk to 0 and 1` */
function sizeText(found: FailureFacts['found'], shrunk: FailureFacts['shrunk']): string {
  const [others, left] = [found, shrunk].map(({ deviations, switches }) => deviations - switches) as [number, number];
  const switches = counted(found.switches, 'switch');
  if (others === 0 && left === 0) return `${switches}, shrunk to ${shrunk.switches}`;
  return `${switches} and ${counted(others, 'other choice')}, shrunk to ${shrunk.switches} and ${left}`;
}

/** The name of a test, as sentences begin with it. */
export function quoted(name: string | undefined): string {
  return name === undefined ? 'the program' : `"${oneLine(name)}"`;
}

/** `AssertionError: expected 1 to equal 2` */
export function errorLine(error: unknown, { colours = false }: TextOptions): string {
  return painter(colours, 'red')(errorText(error));
}

/** The whole message: unlike a task's name, it is what the reader is after. What is thrown may be no error. */
export function errorText(error: unknown): string {
  const text = safely(() =>
    error instanceof Error && error.message !== '' ? `${error.name}: ${error.message}` : undefined,
  );
  return harmless(text ?? `thrown: ${describe(error)}`).slice(0, MOST_OF_MESSAGE);
}

const MOST_OF_MESSAGE = 4000;

/** The pair, or what decides instead of one; and what was not the same when it was repeated. */
function causeText(failure: FailureFacts, options: TextOptions): string {
  return [pairText(failure.trace, options), ...remarks(failure)].filter(part => part !== '').join('\n');
}

/** What is to be said besides the pair. */
export function remarks(failure: FailureFacts): string[] {
  const { trace, divergence } = failure;
  const limits = limitTexts(failure);
  if (divergence !== undefined) return [`It is not deterministic: ${divergence}`, ...limits];
  return pairOf(trace) === undefined ? [decisionText(failure), ...limits] : limits;
}

function limitTexts({ trace, stoppedAfter }: FailureFacts): string[] {
  const cut = firstIndexOf(trace.steps);
  return [
    ...(stoppedAfter === undefined ? [] : [`Shrinking stopped after ${stoppedAfter}: fewer may do.`]),
    ...(cut === 0 ? [] : [`The run is longer: its first ${counted(cut, 'step')} are not shown.`]),
  ];
}

function decisionText({ trace, decision, shrunk }: FailureFacts): string {
  if (trace.pair !== undefined) return `The order of the steps ${trace.pair.join(' and ')} decides.`;
  if (decision !== undefined) {
    const other = decision.otherwise === 'fails' ? ' Without that it fails with another error.' : '';
    return `It fails because ${oneLine(decision.what)}.${other}`;
  }
  return shrunk.deviations === 0 ? NO_SWITCH : NOT_SHRUNK;
}

const NO_SWITCH = 'It needs no switch and no other choice: it fails in the order that the loop has by itself.';
const NOT_SHRUNK = 'It was not shrunk, so nothing is known of which choice decides.';
