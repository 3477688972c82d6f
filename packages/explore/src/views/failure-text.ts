import { describe } from '@escapement/core';
import type { Failure } from '../failure.js';
import { pairText } from './pair-text.js';
import { counted, oneLine } from './text.js';
import { painter, type TextOptions, traceTable } from './trace-table.js';

/**
 * Everything that a failing test shows: the error, the line to paste, what decides, and the run as a table. It is what
 * `String(failure)` is, for another width, or with colours.
 *
 * @example console.log(failureText(failure, { width: process.stdout.columns, colours: process.stdout.isTTY }));
 */
export function failureText(failure: Failure, options: TextOptions = {}): string {
  const parts = [headText(failure, options), causeText(failure, options), traceTable(failure.trace, options)];
  return parts.join('\n\n');
}

function headText({ name, error, run, found, shrunk, token }: Failure, { colours = false }: TextOptions): string {
  const shown = error instanceof Error ? `${error.name}: ${describe(error)}` : `thrown: ${describe(error)}`;
  const switches = `${counted(found.deviations, 'switch')}, shrunk to ${shrunk.deviations}`;
  return [
    painter(colours, 'red')(shown),
    `"${oneLine(name ?? 'the program')}" failed in run ${run} (${switches}). To repeat it, paste one of these:`,
    painter(colours, 'bold')(`    EXPLORE_REPLAY=${token} npm test`),
    painter(colours, 'bold')(`    replay(program, '${token}')`),
  ].join('\n');
}

/** The pair; else the last choice without which the run passes; and what was not the same when it was repeated. */
function causeText({ trace, decision, divergence }: Failure, options: TextOptions): string {
  const pair = pairText(trace, options);
  const cause = pair !== '' ? pair : decision === undefined ? NO_SWITCH : `It fails because ${oneLine(decision.what)}.`;
  return divergence === undefined ? cause : `${cause}\nIt is not deterministic: ${divergence}`;
}

const NO_SWITCH = 'It fails in the order that the loop has by itself: no other task has to run in between.';
