import { harmless, oneLine } from '../text.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text of a user's, for an element or an attribute in quotes. */
export function escaped(text: string): string {
  return escapedLines(oneLine(text));
}

/** The same with the ends of its lines. */
export function escapedLines(text: string): string {
  return harmless(text).replace(/[&<>"']/g, character => ENTITIES[character]!);
}
