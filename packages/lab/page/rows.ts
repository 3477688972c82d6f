import type { Quantile, Round, Row, Summary } from '../src/results/results.js';
import { isHit } from '../src/statistics/summary.js';
import { disturbanceParts } from '../src/views/disturbances.js';

/** A row with figures. */
export type MeasuredRow = Row & { readonly summary: Summary };

/** The quantiles that charts can show. */
export type QuantileName = 'p50' | 'p90' | 'p99';

/** How each is called in text. */
export const QUANTILES: Readonly<Record<QuantileName, string>> = {
  p50: 'median',
  p90: '90th percentile',
  p99: '99th percentile',
};

/** True of rows with figures. */
export function isMeasured(row: Row): row is MeasuredRow {
  return row.summary !== null;
}

/** Those at one setting that have figures, the earliest first. */
export function measuredAt(rows: readonly Row[], setting: number): MeasuredRow[] {
  return rows
    .filter(row => row.setting === setting)
    .filter(isMeasured)
    .sort((a, b) => a.summary.us.p50.value - b.summary.us.p50.value);
}

/** The settings of a scenario, in its order, each with its label. */
export function settingsOf(rows: readonly Row[]): { setting: number; label: string }[] {
  return [...new Map(rows.map(({ setting, label }) => [setting, { setting, label }])).values()];
}

/** The setting to show first: the last of those with the most figures. For rates that is the highest, which tells most. */
export function mainSetting(rows: readonly Row[]): number | null {
  const counts = settingsOf(rows).map(({ setting }) => ({ setting, count: measuredAt(rows, setting).length }));
  const most = Math.max(...counts.map(({ count }) => count));
  return most > 0 ? counts.findLast(({ count }) => count === most)!.setting : null;
}

/** Null: fewer than ten samples lie beyond. */
export function quantileOf(row: MeasuredRow, name: QuantileName): Quantile | null {
  return row.summary.us[name];
}

/** In per cent of a core; null if the host does not tell, or if the samples are in virtual time, which costs nothing. */
export function costOf({ subject, summary }: Row): number | null {
  return subject.kind === 'policy' ? null : (summary?.cpuPercent ?? null);
}

/** Whether the host tells what held a row up. A browser does not. */
export function tellsHits({ summary }: Row): boolean {
  if (summary === null) return false;
  const { runQueueMs, stealMs, throttledMs } = summary.disturbance;
  return [runQueueMs, stealMs, throttledMs].some(each => each !== null);
}

/**
 * What held up a round that was hit, in words: `'3.2 ms ready without a core'`. Empty: it was not hit, or nothing can hold up its
 * virtual time.
 */
export function hits({ subject }: Row, round: Round): string[] {
  if (subject.kind === 'policy' || !isHit(round)) return [];
  return disturbanceParts(round.disturbance);
}

/** All samples of a row, in ascending order. */
export function sortedSamples(row: Row): Float64Array {
  return Float64Array.from(row.rounds.flatMap(round => round.samplesUs)).sort();
}
