import type { Row, ScenarioResults, Summary } from '../results/results.js';
import { grouped } from './grouped.js';

/** A row of which there are samples. */
export interface Measured {
  readonly row: Row;
  readonly summary: Summary;
}

/** The rows of which there is something to show. */
export function measuredRows({ rows }: Pick<ScenarioResults, 'rows'>): Measured[] {
  return rows.flatMap(row => (row.summary === null ? [] : [{ row, summary: row.summary }]));
}

/** The rows of each setting, in the order of the settings. */
export function bySetting(rows: readonly Measured[]): Measured[][] {
  return [...grouped(rows, ({ row }) => row.label).values()];
}

/** The least late first; strategies before what they are compared with. */
export function inOrder(rows: readonly Measured[]): Measured[] {
  const byLateness = rows.toSorted((a, b) => a.summary.us.p50.value - b.summary.us.p50.value);
  return [...byLateness.filter(each => !isForComparison(each)), ...byLateness.filter(isForComparison)];
}

/** What waits without a loop of ours: baselines and other programs. */
export function isForComparison({ row }: Measured): boolean {
  return row.subject.kind === 'baseline' || row.subject.kind === 'outside';
}
