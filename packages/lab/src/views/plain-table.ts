import Table from 'cli-table3';

/** A column of a `plainTable`. */
export interface Column {
  /** Its heading. */
  readonly head: string;
  /** In characters. */
  readonly width: number;
  /** Where its texts begin or end. */
  readonly align: 'left' | 'right';
}

/** A table with one rule, below its header. */
export function plainTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: columns.map(({ head }) => head),
    colWidths: columns.map(({ width }) => width),
    colAligns: columns.map(({ align }) => align),
    chars: { ...NO_LINES, mid: '─' },
    // Compact: no rules between the rows.
    style: { compact: true, head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map(cells => [...cells]));
  return table.toString();
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  'mid-mid': '',
  middle: '',
  right: '',
  'right-mid': '',
};
