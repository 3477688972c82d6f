import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

/** Control characters but the end of a line, what is no character, and marks that turn the direction of what follows. */
const HARMFUL = /[^\P{Cc}\n]|[\p{Cs}\p{Co}\p{Cn}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A text of a user's without anything that a terminal would obey. */
export function harmless(text: string): string {
  return stripVTControlCharacters(text).replace(HARMFUL, '');
}

/** The same on one line: a name, or a description. */
export function oneLine(text: string): string {
  return harmless(text.replace(/\s/g, ' ')).replace(/ +/g, ' ').trim();
}

/** Cut to so many columns of a terminal; what is cut is shown as `…`. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment) >= width) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Filled up with spaces; a text that is as wide already stays as it is. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** Broken at spaces into lines of so many columns; a word that is wider than that is broken, too. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (stringWidth(longer) <= width) line = longer;
    else {
      if (line !== '') lines.push(line);
      const pieces = piecesOf(word, width);
      line = pieces.pop()!;
      lines.push(...pieces);
    }
  }
  return [...lines, line];
}

/** At least one. */
function piecesOf(word: string, width: number): string[] {
  const pieces = [''];
  for (const { segment } of new Intl.Segmenter().segment(word)) {
    if (stringWidth(pieces.at(-1)! + segment) > width) pieces.push('');
    pieces[pieces.length - 1] += segment;
  }
  return pieces;
}

/** `1 step`, `2 switches` */
export function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : plural(noun)}`;
}

function plural(noun: string): string {
  return noun.endsWith('ch') ? `${noun}es` : `${noun}s`;
}
