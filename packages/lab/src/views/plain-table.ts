import { cut, padded } from './text.js';

/** A column of a `plainTable`. */
export interface Column {
  /** Its heading. */
  readonly head: string;
  /** In characters. */
  readonly width: number;
  /** Where its texts begin or end. */
  readonly align: 'left' | 'right';
}

/** What is in a place of a table; `paint` colours it when it has its final width. */
export type Cell = string | { readonly text: string; readonly paint: (text: string) => string };

/**
 * A table with one rule, below its header. What is wider than its column is cut.
 *
 * @param rows the cells of each; a text instead of cells stands on a line of its own
 * @param paintHead colours the headings
 */
export function plainTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[] | string)[],
  paintHead: (text: string) => string = text => text,
): string {
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  const heads = columns.map(({ head }) => ({ text: head, paint: paintHead }));
  const lines = rows.map(row => (typeof row === 'string' ? row : line(columns, row)));
  return [line(columns, heads), '─'.repeat(width), ...lines].join('\n');
}

function line(columns: readonly Column[], cells: readonly Cell[]): string {
  return columns
    .map((column, n) => cellText(cells[n] ?? '', column))
    .join('')
    .trimEnd();
}

function cellText(cell: Cell, { width, align }: Column): string {
  const { text, paint } = typeof cell === 'string' ? { text: cell, paint: undefined } : cell;
  const fitting = padded(cut(text, width), width, align);
  return paint ? paint(fitting) : fitting;
}
