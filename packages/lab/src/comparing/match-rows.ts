import type { Results, Row } from '../results/results.js';

/** One subject at one setting, in all runs of a side. */
export interface RowOfRuns {
  readonly scenario: string;
  readonly setting: number;
  /** `'1000 Hz'` */
  readonly label: string;
  readonly subject: string;
  /** As many as there are runs that planned it. */
  readonly rows: readonly Row[];
}

/** Rows of two sides that measure the same. */
export interface MatchedRow {
  readonly a: RowOfRuns;
  readonly b: RowOfRuns;
}

/** The rows of both sides, and what only one has. */
export interface Matches {
  readonly rows: readonly MatchedRow[];
  readonly onlyA: readonly RowOfRuns[];
  readonly onlyB: readonly RowOfRuns[];
  /** Subjects that were taken for the same, though their names differ: first A's, then B's. */
  readonly renamed: readonly (readonly [a: string, b: string])[];
}

/**
 * Matches rows by scenario, setting and subject.
 *
 * @param as which subject of A is which of B. If a single subject of each side has no namesake on the other, these two are the
 *   same: somebody compares an old and a new strategy, with the same baselines beside them.
 */
export function matchRows(a: readonly Results[], b: readonly Results[], as: ReadonlyMap<string, string>): Matches {
  const [rowsA, rowsB] = [rowsOfRuns(a), rowsOfRuns(b)];
  const names = namesake(rowsA, rowsB, as);
  const inB = new Map(rowsB.map(row => [keyOf(row, row.subject), row]));
  const matched = rowsA.flatMap((row): MatchedRow[] => {
    const other = inB.get(keyOf(row, names.get(row.subject) ?? row.subject));
    return other === undefined ? [] : [{ a: row, b: other }];
  });
  const [found, foundB] = [new Set(matched.map(each => each.a)), new Set(matched.map(each => each.b))];
  return {
    rows: matched,
    onlyA: rowsA.filter(row => !found.has(row)),
    onlyB: rowsB.filter(row => !foundB.has(row)),
    renamed: [...names],
  };
}

/** The names of all subjects. */
export function subjectsIn(results: readonly Results[]): Set<string> {
  return new Set(rowsOfRuns(results).map(({ subject }) => subject));
}

/** All rows, each with its figures of all runs. */
export function rowsOfRuns(results: readonly Results[]): RowOfRuns[] {
  const found = new Map<string, RowOfRuns & { readonly rows: Row[] }>();
  for (const { name, rows } of results.flatMap(({ scenarios }) => scenarios)) {
    for (const row of rows) {
      const { setting, label } = row;
      const place = { scenario: name, setting, label, subject: row.subject.name, rows: [] as Row[] };
      const key = keyOf(place, place.subject);
      if (!found.has(key)) found.set(key, place);
      found.get(key)!.rows.push(row);
    }
  }
  return [...found.values()];
}

/** What the subjects of A are called in B, if it is something else. */
function namesake(
  rowsA: readonly RowOfRuns[],
  rowsB: readonly RowOfRuns[],
  as: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  if (as.size > 0) return as;
  const [namesA, namesB] = [rowsA, rowsB].map(rows => new Set(rows.map(({ subject }) => subject)));
  const onlyA = [...namesA!].filter(name => !namesB!.has(name));
  const onlyB = [...namesB!].filter(name => !namesA!.has(name));
  return new Map(onlyA.length === 1 && onlyB.length === 1 ? [[onlyA[0]!, onlyB[0]!]] : []);
}

function keyOf({ scenario, setting }: Pick<RowOfRuns, 'scenario' | 'setting'>, subject: string): string {
  return JSON.stringify([scenario, setting, subject]);
}
