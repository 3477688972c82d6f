import type { Quantile, Row, ScenarioResults } from '../results/results.js';
import type { Colours } from './colours.js';
import { decimal, whole } from './numbers.js';
import { type Column, plainTable } from './plain-table.js';

const COLUMNS: readonly Column[] = [
  ...['p50', 'p90', 'p99', 'max'].map(head => ({ head, width: 10, align: 'right' }) as const),
  { head: 'CPU %', width: 7, align: 'right' },
];

/** A table for each setting, 80 columns wide. */
export function scenarioTable({ rows }: ScenarioResults, colours: Colours): string {
  const settings = new Set(rows.map(row => row.label));
  return [...settings]
    .map(label =>
      groupTable(
        rows.filter(row => row.label === label),
        colours,
      ),
    )
    .join('\n\n');
}

function groupTable(rows: readonly Row[], colours: Colours): string {
  const title: Column = { head: rows[0]!.label, width: 27, align: 'left' };
  const heads = [title, ...COLUMNS].map(column => ({ ...column, head: colours.bold(column.head) }));
  return plainTable(heads, rows.map(cells));
}

function cells({ subject, summary, failure }: Row): string[] {
  if (summary === null) return [`${subject.name}: ${failure ?? 'not measured'}`];
  const { us, cpuPercent } = summary;
  return [
    subject.name,
    ...[us.p50, us.p90, us.p99].map(quantile),
    decimal(us.max, 1),
    cpuPercent === null ? '-' : whole(cpuPercent),
  ];
}

function quantile(value: Quantile | null): string {
  return value === null ? '-' : decimal(value.value, 1);
}
