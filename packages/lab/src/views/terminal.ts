import { type Colours, coloursFor } from './colours.js';

/** How a terminal shows texts. */
export interface Terminal {
  /** Columns. */
  readonly width: number;
  /** Functions that colour a text, or return it unchanged. */
  readonly colours: Colours;
}

/** Of what is not a terminal, and so has no width: a file, a pipe, the log of a CI. */
const USUAL_WIDTH = 80;
const LEAST_WIDTH = 20;

/** `process.stdout`, as it is; where it is no terminal, as wide as the variable `COLUMNS` says. */
export function terminalOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  { COLUMNS = '' }: { readonly COLUMNS?: string | undefined } = process.env,
): Terminal {
  const asked = /^[1-9]\d{0,3}$/.test(COLUMNS) ? Number(COLUMNS) : USUAL_WIDTH;
  const width = (stream.isTTY && stream.columns) || asked;
  return { width: Math.max(LEAST_WIDTH, width), colours: coloursFor(stream) };
}
