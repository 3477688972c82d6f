import { describe } from '@escapement/core';
import type { Trace } from '../trace.js';
import { columns, painter, type TextOptions } from './columns.js';
import { pairText } from './pair-words.js';

/** What is told of a failure beside its trace. */
export interface FailureFacts {
  readonly trace: Trace;
  /** What `replay` takes. */
  readonly token: string;
  /** How it was found: `in run 12 of 500 (random, seed 1)`. */
  readonly found: string;
}

/** Everything that a failing test shows: the error, the line to paste, the pair, and the run as a table. */
export function failureText({ trace, token, found }: FailureFacts, options: TextOptions = {}): string {
  const repeat = `Failed ${found}. To repeat it, set this in the environment of the test, or call replay(token, program):`;
  const line = painter(options.colours ?? false, 'bold')(`    EXPLORE_REPLAY='${token}'`);
  return [errorText(trace.error, options), `${repeat}\n${line}`, pairText(trace, options), columns(trace, options)]
    .filter(part => part !== '')
    .join('\n\n');
}

function errorText(error: unknown, { colours = false }: TextOptions): string {
  const name = error instanceof Error ? error.name : 'Thrown';
  return painter(colours, 'red')(`${name}: ${describe(error)}`);
}
