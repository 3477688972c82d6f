import type { Results } from '../results/results.js';
import { geometricMean, type Ratio, welchRatio } from '../statistics/ratios.js';
import {
  confidenceOfEach,
  FLOORS,
  type Floors,
  type Judgement,
  judge,
  LEAST_RUNS,
  type Verdict,
} from '../statistics/verdict.js';
import { UsageError } from '../usage-error.js';
import { areInterleaved } from './interleaved.js';
import { machineDifferences } from './machine-differences.js';
import { type MatchedRow, matchRows, type RowOfRuns, subjectsIn } from './match-rows.js';

/** Why no row can be told. */
const NO_TURNS = 'the runs of A and B did not take turns, so a change of the machine looks like a change of the code';

/** How to compare. */
export interface CompareOptions {
  /** Smaller changes do not matter. Default: 10 % and 2 us. */
  readonly floors?: Floors;
  /** Which subject of A is which of B, where their names differ. */
  readonly as?: ReadonlyMap<string, string>;
  /** Judge also runs that did not take turns. Default: false, and no row of them can be told. */
  readonly notInterleaved?: boolean;
  /** What A and B are called. Default: `'A'` and `'B'`. */
  readonly names?: readonly [a: string, b: string];
}

/** What `compare` found: the content of the file that its `--json` writes. */
export interface ComparisonOfResults {
  /** Tells this form from that of results, which is a number. */
  readonly schema: 'comparison 1';
  /** What B is compared with: the old version. */
  readonly a: ComparedSide;
  /** The new version. */
  readonly b: ComparedSide;
  /** What differs between the machines of any two runs: then the rows compare machines. */
  readonly unlikeMachines: readonly string[];
  /** False: the runs of A and B did not take turns, so a change of the machine looks like a change of the code. */
  readonly interleaved: boolean;
  /** Smaller changes do not count. */
  readonly floors: Floors;
  /** Of the interval of each row. All of them together hold the truth with 95 %. */
  readonly confidence: number;
  /** What both sides have, in the order of A. */
  readonly rows: readonly ComparedRow[];
  /** `'metronome 1000 Hz hybrid'`; no verdict rests on them. */
  readonly onlyA: readonly string[];
  /** The same of B. */
  readonly onlyB: readonly string[];
  /** Subjects that were taken for the same though their names differ. */
  readonly renamed: readonly (readonly [a: string, b: string])[];
  /** `'slower'` if any row is; else `'cannot tell'` if any row is; else `'faster'` if any row is. */
  readonly verdict: Verdict;
}

/** The runs of one side. */
export interface ComparedSide {
  /** A file, a folder or a command line. */
  readonly name: string;
  /** How many there are. */
  readonly runs: number;
  /** How many of them are not whole: they are used as far as they go. */
  readonly partial: number;
  /** The share of rounds that the machine kept from running for 1 % of their time. */
  readonly roundsHit: number;
  /** The versions of the lab. */
  readonly labs: readonly string[];
}

/** B against A, for one subject at one setting. */
export interface ComparedRow {
  /** `'metronome'` */
  readonly scenario: string;
  /** 1000 for a rate of 1000 Hz. */
  readonly setting: number;
  /** `'1000 Hz'` */
  readonly label: string;
  /** As A calls it. */
  readonly subject: string;
  /** As B calls it; mostly the same. */
  readonly subjectOfB: string;
  /** B against A. */
  readonly verdict: Verdict;
  /** Why the runs do not suffice for a verdict; null if they do. */
  readonly because: string | null;
  /** Of the old version. */
  readonly a: RunMedians;
  /** Of the new version. */
  readonly b: RunMedians;
  /** Null if a side has no figure. */
  readonly change: Omit<Judgement, 'verdict'> | null;
  /** How many times the processor time for each sample. It is not part of the verdict. Null where the host does not tell. */
  readonly cpu: Ratio | null;
}

/** The figures that a verdict rests on, in microseconds. */
export interface RunMedians {
  /** The geometric mean; null without runs. */
  readonly us: number | null;
  /** The median of each run that has one. */
  readonly runs: readonly number[];
}

/**
 * Compares the medians of runs, row by row. The runs should be on one machine, and at least five a side. If they did not take turns, no
 * row can be told, unless `notInterleaved` is set.
 *
 * @param a runs of the old version
 * @param b runs of the new version
 * @throws UsageError if nothing can be compared: a side has no results, no row is in both, or `as` names a subject that is not there
 * @example compareResults(readResults('runs/a'), readResults('runs/b')).verdict; // 'no difference'
 */
export function compareResults(
  a: readonly Results[],
  b: readonly Results[],
  { floors = FLOORS, as = new Map(), notInterleaved = false, names = ['A', 'B'] }: CompareOptions = {},
): ComparisonOfResults {
  for (const [side, results] of Object.entries({ A: a, B: b })) {
    if (results.length === 0) throw new UsageError(`${side} has no results. Expected those of at least one run.`);
  }
  checkNames(a, b, as);
  const matches = matchRows(a, b, as);
  if (matches.rows.length === 0) throw noCommonRow(matches.onlyA, matches.onlyB);
  const judged = matches.rows.filter(row => mediansOf(row.a).length > 0 && mediansOf(row.b).length > 0);
  const confidence = confidenceOfEach(judged.length);
  const interleaved = areInterleaved(a, b);
  const untold = interleaved || notInterleaved ? null : NO_TURNS;
  const rows = matches.rows.map(row => compareRow(row, confidence, floors, untold));
  return {
    schema: 'comparison 1',
    a: sideOf(names[0], a),
    b: sideOf(names[1], b),
    unlikeMachines: differencesIn([...a, ...b]),
    interleaved,
    floors,
    confidence,
    rows,
    onlyA: matches.onlyA.map(nameOf),
    onlyB: matches.onlyB.map(nameOf),
    renamed: matches.renamed,
    verdict: verdictOf(rows),
  };
}

/** `'metronome 1000 Hz hybrid'` */
export function nameOf({ scenario, label, subject }: Pick<ComparedRow, 'scenario' | 'label' | 'subject'>): string {
  return `${scenario} ${label} ${subject}`;
}

/** In what the machines of some runs differ from that of the first. */
export function differencesIn([first, ...others]: readonly Results[]): string[] {
  return [...new Set(others.flatMap(({ machine }) => machineDifferences(first!.machine, machine)))];
}

/** The share of rounds that the machine kept from running for 1 % of their time, over all rows. */
export function roundsHitIn(results: readonly Results[]): number {
  const rows = results.flatMap(({ scenarios }) => scenarios.flatMap(scenario => scenario.rows));
  const shares = rows.flatMap(({ summary }) => summary?.disturbance.roundsHit ?? []);
  return shares.length === 0 ? 0 : shares.reduce((a, b) => a + b) / shares.length;
}

/** The median of each run that has one. */
export function mediansOf({ rows }: RowOfRuns): number[] {
  return rows.flatMap(({ summary }) => summary?.us.p50.value ?? []);
}

/** @param untold why no row of these runs can be told; null: they can */
function compareRow({ a, b }: MatchedRow, confidence: number, floors: Floors, untold: string | null): ComparedRow {
  const [base, values] = [mediansOf(a), mediansOf(b)];
  const { verdict = 'cannot tell', ...change } =
    base.length > 0 && values.length > 0 ? judge(values, base, confidence, floors) : {};
  const reason = because('A', a) ?? because('B', b) ?? untold;
  return {
    scenario: a.scenario,
    setting: a.setting,
    label: a.label,
    subject: a.subject,
    subjectOfB: b.subject,
    verdict: reason === null ? verdict : 'cannot tell',
    because: reason,
    a: { us: base.length === 0 ? null : geometricMean(base), runs: base },
    b: { us: values.length === 0 ? null : geometricMean(values), runs: values },
    change: 'ratio' in change ? change : null,
    cpu: cpuRatio(a, b, confidence),
  };
}

function because(side: string, row: RowOfRuns): string | null {
  const count = mediansOf(row).length;
  if (count >= LEAST_RUNS) return null;
  const failure = row.rows.flatMap(each => (each.summary === null && each.failure) || [])[0];
  if (failure !== undefined)
    return `${side} failed in ${row.rows.length - count} of ${row.rows.length} runs: ${failure.replace(/\.$/, '')}`;
  return `${side} has ${count} of the ${LEAST_RUNS} runs that a verdict needs`;
}

function cpuRatio(a: RowOfRuns, b: RowOfRuns, confidence: number): Ratio | null {
  const [base, values] = [a, b].map(({ rows }) => rows.flatMap(({ summary }) => summary?.cpuUsPerSample ?? []));
  return base!.length === 0 || values!.length === 0 ? null : welchRatio(values!, base!, confidence);
}

function verdictOf(rows: readonly ComparedRow[]): Verdict {
  const order: readonly Verdict[] = ['slower', 'cannot tell', 'faster'];
  return order.find(verdict => rows.some(row => row.verdict === verdict)) ?? 'no difference';
}

function sideOf(name: string, results: readonly Results[]): ComparedSide {
  return {
    name,
    runs: results.length,
    partial: results.filter(({ partial }) => partial !== null).length,
    roundsHit: roundsHitIn(results),
    labs: [...new Set(results.map(({ lab }) => lab))],
  };
}

function checkNames(a: readonly Results[], b: readonly Results[], as: ReadonlyMap<string, string>): void {
  const [inA, inB] = [subjectsIn(a), subjectsIn(b)];
  for (const [old, now] of as) {
    if (!inA.has(old)) throw unknownSubject('A', old, inA);
    if (!inB.has(now)) throw unknownSubject('B', now, inB);
  }
}

function unknownSubject(side: string, name: string, known: ReadonlySet<string>): UsageError {
  return new UsageError(`--as: ${side} has no subject '${name}', only ${[...known].join(', ')}.`);
}

function noCommonRow([a]: readonly RowOfRuns[], [b]: readonly RowOfRuns[]): UsageError {
  return new UsageError(
    `A and B have no row in common: A has '${nameOf(a!)}', for instance, and B '${nameOf(b!)}'. Measure the same scenarios and settings, or match subjects with --as NAME=NAME.`,
  );
}
