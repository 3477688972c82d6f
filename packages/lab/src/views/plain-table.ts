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

/** What is in a place of a table. */
export type Cell = string | PaintedCell;

/** A text that is coloured when it has its final width. */
export interface PaintedCell {
  /** Without colours. */
  readonly text: string;
  /** Adds them. */
  readonly paint: (text: string) => string;
}

/**
 * A table with one rule, below its header. What is wider than its column is cut.
 *
 * @param rows the cells of each; one cell that is no list takes a whole line
 * @param paintHead colours the headings
 */
export function plainTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[] | PaintedCell)[],
  paintHead: (text: string) => string = text => text,
): string {
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  const heads = columns.map(({ head }) => ({ text: head, paint: paintHead }));
  const lines = rows.map(row => ('text' in row ? row.paint(cut(row.text, width)) : line(columns, row)));
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
  // Spaces stay as they are, to be cut off at the end of a line.
  return paint === undefined || text.trim() === '' ? fitting : paint(fitting);
}
