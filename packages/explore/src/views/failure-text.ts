import { describe } from '@escapement/core';
import type { Failure } from '../failure.js';
import { pairText } from './pair-text.js';
import { counted, oneLine } from './text.js';
import { painter, type TextOptions, traceTable } from './trace-table.js';

/**
 * What is to be known of a failure: the error, the line that repeats it, what decides, and the run as a table. It is what
 * `String(failure)` is, for another width, or with colours.
 *
 * @example console.log(failureText(failure, { width: process.stdout.columns, colours: process.stdout.isTTY }));
 */
export function failureText(failure: Failure, options: TextOptions = {}): string {
  return failureReport(failure, `replay(program, '${failure.token}')`, options);
}

/** @param repeat the line that repeats the run */
export function failureReport(failure: Failure, repeat: string, options: TextOptions = {}): string {
  const parts = [headText(failure, repeat, options), causeText(failure, options), traceTable(failure.trace, options)];
  return parts.join('\n\n');
}

function headText({ name, error, run, found, shrunk }: Failure, repeat: string, options: TextOptions): string {
  const switches = `${counted(found.deviations, 'switch')}, shrunk to ${shrunk.deviations}`;
  return [
    errorLine(error, options),
    `"${oneLine(name ?? 'the program')}" failed in run ${run} (${switches}). This line repeats it:`,
    painter(options.colours ?? false, 'bold')(`    ${repeat}`),
  ].join('\n');
}

/** `AssertionError: expected 1 to equal 2` */
export function errorLine(error: unknown, { colours = false }: TextOptions): string {
  const text = error instanceof Error ? `${error.name}: ${describe(error)}` : `thrown: ${describe(error)}`;
  return painter(colours, 'red')(text);
}

/** The pair; else the last choice without which the run passes; and what was not the same when it was repeated. */
function causeText({ trace, decision, divergence }: Failure, options: TextOptions): string {
  const pair = pairText(trace, options);
  const cause = pair !== '' ? pair : decision === undefined ? NO_SWITCH : `It fails because ${oneLine(decision.what)}.`;
  return divergence === undefined ? cause : `${cause}\nIt is not deterministic: ${divergence}`;
}

const NO_SWITCH = 'It fails in the order that the loop has by itself: no other task has to run in between.';
