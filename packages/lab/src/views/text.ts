import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** Control characters but the end of a line, what is no character, and marks that turn the direction of what follows. */
const HARMFUL = /[^\P{Cc}\n]|[\p{Cs}\p{Co}\p{Cn}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A text that may hold words of a stranger, without anything that a terminal would obey. */
export function harmless(text: string): string {
  return stripVTControlCharacters(text).replace(HARMFUL, '');
}

/** The same on one line: a strategy's name, for instance. */
export function cleaned(text: string): string {
  return harmless(text.replace(/\s+/g, ' ')).trim();
}

/** A text without colours, cut to so many columns of a terminal; what is cut is shown as `…`. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment) >= width) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Fills up with spaces; a text that is as wide already stays as it is. */
export function padded(text: string, width: number, align: 'left' | 'right'): string {
  const spaces = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'left' ? text + spaces : spaces + text;
}

/** Paragraphs, broken at words; lines after the first begin with `indent`. */
export function wrapped(text: string, width: number, indent = ''): string {
  const lines = wrapAnsi(text, Math.max(1, width - indent.length), { hard: true }).split('\n');
  return lines.join(`\n${indent}`);
}
