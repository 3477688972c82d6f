import stringWidth from 'string-width';
import type { ScenarioResults } from '../results/results.js';
import { type Offered, offeredColumns } from './columns.js';
import { bySetting, inOrder, isForComparison, type Measured, measuredRows } from './measured.js';
import { type Cell, plainTable } from './plain-table.js';
import type { Terminal } from './terminal.js';
import { cleaned } from './text.js';

/** A column with the width that its widest text needs. */
interface Sized extends Offered {
  text(measured: Measured): string;
  readonly width: number;
}

/** A name may be cut to so many characters before a column that must be there is left out. */
const SHORT_NAME = 14;

/**
 * A table for each setting, the least late first, no wider than the terminal. The columns that do not fit are left out; the
 * scenario's own figures follow in a table below.
 */
export function rowsTables(scenario: ScenarioResults, terminal: Terminal): string {
  const measured = measuredRows(scenario);
  const names = Math.max(0, ...measured.map(each => stringWidth(nameOf(each))));
  const columns = offeredColumns(measured).map(column => sized(column, measured));
  return bySetting(measured)
    .flatMap(rows => {
      const { label } = rows[0]!.row;
      return parts(columns, Math.max(names, stringWidth(label)), terminal.width).map(part =>
        table(label, part, inOrder(rows), terminal),
      );
    })
    .join('\n\n');
}

function nameOf({ row }: Measured): string {
  return cleaned(row.subject.name);
}

function sized(column: Offered, rows: readonly Measured[]): Sized {
  // What is at the right of its column has the gap before it anyway.
  const indent = column.align === 'left' ? ' '.repeat(column.gap) : '';
  const texts = rows.map(each => column.text(each) ?? '-');
  return {
    ...column,
    head: indent + column.head,
    text: each => indent + (column.text(each) ?? '-'),
    width: column.gap + Math.max(...[column.head, ...texts].map(text => stringWidth(text))),
  };
}

/** The columns of one table, and how wide its names are. */
interface Part {
  readonly nameWidth: number;
  readonly columns: readonly Sized[];
}

/** The first has what fits; figures that are left over make more of them. */
function parts(columns: readonly Sized[], names: number, width: number): Part[] {
  const first = fitting(columns, names, width);
  const leftOver = columns.filter(column => column.isFigure && !first.columns.includes(column));
  // If not even one figure fits, it is shown all the same: the terminal wraps it.
  if (leftOver.length === 0) return [first];
  const rest = first.columns.length > 0 ? leftOver : leftOver.slice(1);
  const part = first.columns.length > 0 ? first : { ...first, columns: leftOver.slice(0, 1) };
  return rest.length === 0 ? [part] : [part, ...parts(rest, names, width)];
}

function fitting(columns: readonly Sized[], names: number, width: number): Part {
  let left = width;
  const fit = new Set<Sized>();
  for (const column of columns.toSorted((a, b) => a.rank - b.rank)) {
    const least = column.isNeeded ? Math.min(names, SHORT_NAME) : names;
    if (column.width + least > left) continue;
    left -= column.width;
    fit.add(column);
  }
  return { columns: columns.filter(column => fit.has(column)), nameWidth: Math.min(names, left) };
}

function table(label: string, { nameWidth, columns }: Part, rows: readonly Measured[], { colours }: Terminal): string {
  const first = { head: label, width: nameWidth, align: 'left' } as const;
  const cells = (each: Measured): Cell[] => [
    isForComparison(each) ? { text: nameOf(each), paint: colours.dim } : nameOf(each),
    ...columns.map(column => {
      const text = column.text(each);
      return { text, paint: /^ *-?$/.test(text) ? colours.dim : column.paint(each, colours) };
    }),
  ];
  const strategies = rows.filter(each => !isForComparison(each));
  const compared = rows.filter(isForComparison);
  const divider =
    strategies.length > 0 && compared.length > 0 ? [{ text: 'without a loop, to compare:', paint: colours.dim }] : [];
  return plainTable([first, ...columns], [...strategies.map(cells), ...divider, ...compared.map(cells)], colours.bold);
}
