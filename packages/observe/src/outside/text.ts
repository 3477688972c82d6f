import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

/** Control characters, and marks that turn the direction of what follows. */
const HARMFUL = /[\p{Cc}\p{Bidi_Control}]/gu;
const PLAIN = /^[ -~]*$/;
/** With the lines of a tree. To ask the library about any other text costs as much as 70 ms the first time. */
const NARROW = /^[ -~\u2500-\u257f]*$/;

/** The names and events of a stranger's program on one line, without anything that a terminal would obey. */
export function harmless(text: string): string {
  if (PLAIN.test(text)) return text;
  return stripVTControlCharacters(text).replace(/\s+/g, ' ').replace(HARMFUL, '');
}

/** The columns of a terminal that the text takes. */
export function widthOf(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

/** Cut to so many columns; what is cut is shown as `…`. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (widthOf(kept + segment) >= width) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Filled up with spaces; a text that is as wide already stays as it is. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** `1,034` */
export function count(value: number): string {
  return value < 1000 ? String(value) : value.toLocaleString('en-US');
}

/** Colours for terminals only, not for the log of a CI; `NO_COLOR` and `FORCE_COLOR` override that. */
export function wantsColours({ isTTY }: { readonly isTTY?: boolean }, { env } = process): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return isTTY === true && env.TERM !== 'dumb';
}
