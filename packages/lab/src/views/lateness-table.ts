import type { LatenessResult, LatenessRow } from '../scenarios/lateness.js';
import type { Colours } from './colours.js';
import { decimal, whole } from './numbers.js';
import { type Column, plainTable } from './plain-table.js';

const COLUMNS: readonly Column[] = [
  { head: 'min', width: 9, align: 'right' },
  ...['p50', 'p90', 'p99', 'p99.9'].map(head => ({ head, width: 10, align: 'right' }) as const),
  { head: 'max', width: 11, align: 'right' },
  { head: 'early', width: 6, align: 'right' },
  { head: 'CPU %', width: 6, align: 'right' },
];

/** A table for each duration, 99 columns wide. Colours show the magnitude. */
export function latenessTable({ rows }: LatenessResult, colours: Colours): string {
  const durations = new Set(rows.map(row => row.durationMs));
  return [...durations]
    .map(duration => rows.filter(row => row.durationMs === duration))
    .map(group => groupTable(group, colours))
    .join('\n\n');
}

function groupTable(rows: readonly LatenessRow[], colours: Colours): string {
  const { durationMs, samples } = rows[0]!;
  const title: Column = { head: `sleep ${durationMs} ms, ${whole(samples)} times`, width: 27, align: 'left' };
  const heads = [title, ...COLUMNS].map(column => ({ ...column, head: colours.bold(column.head) }));
  return plainTable(
    heads,
    rows.map(row => cells(row, colours)),
  );
}

function cells({ name, kind, latenessUs, early, cpuPercent }: LatenessRow, colours: Colours): string[] {
  const { min, p50, p90, p99, 'p99.9': p999, max } = latenessUs;
  return [
    kind === 'baseline' ? colours.dim(name) : name,
    ...[min, p50, p90, p99, p999, max].map(lateness => latenessCell(lateness, colours)),
    early === 0 ? colours.dim('0') : colours.red(whole(early)),
    byMagnitude(cpuPercent, 10, 50, colours)(whole(cpuPercent)),
  ];
}

function latenessCell(lateness: number | null, colours: Colours): string {
  if (lateness === null) return colours.dim('-');
  const colour = lateness < 0 ? colours.red : byMagnitude(lateness, 10, 1000, colours);
  // From a second on, there is no room for tenths of a microsecond.
  return colour(decimal(lateness, lateness < 1_000_000 ? 1 : 0));
}

/** Green below `fair`, red from `bad` on, yellow in between. */
function byMagnitude(value: number, fair: number, bad: number, { green, yellow, red }: Colours) {
  if (value < fair) return green;
  return value < bad ? yellow : red;
}
