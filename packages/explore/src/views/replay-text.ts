import type { Replayed } from '../replay.js';
import { errorLine, quoted } from './failure-text.js';
import { type TextOptions, traceTable } from './trace-table.js';

/** What a test shows that failed in a run that was repeated: the error, whether it was that run, and the run as a table. */
export function replayText(
  { trace, error, divergence }: Replayed,
  token: string,
  name: string | undefined,
  options: TextOptions = {},
): string {
  const head = `${quoted(name)} failed in the run of ${token}`;
  const doubt = divergence === undefined ? [] : [`This was another run than the one of the token: ${divergence}`];
  return `${[errorLine(error, options), head, ...doubt].join('\n')}\n\n${traceTable(trace, options)}`;
}
