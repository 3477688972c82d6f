import { type Colours, coloursFor } from './colours.js';

/** How a terminal shows texts. */
export interface Terminal {
  /** Columns. */
  readonly width: number;
  /** Functions that colour a text, or return it unchanged. */
  readonly colours: Colours;
}

/** What is not a terminal has no width: a file, a pipe, the log of a CI. */
const USUAL_WIDTH = 80;
const LEAST_WIDTH = 20;

/** `process.stdout`, as it is. */
export function terminalOf(stream: { readonly isTTY?: boolean; readonly columns?: number }): Terminal {
  const width = stream.isTTY && stream.columns ? Math.max(LEAST_WIDTH, stream.columns) : USUAL_WIDTH;
  return { width, colours: coloursFor(stream) };
}
