import type { SleepStrategy } from '@escapement/core';

/** What a strategy has to tell about a run: what it has learnt, what it has changed outside of the loop, what it could not do. */
export interface StrategyReport {
  /** For people: a line for each thing, without the name of the strategy. The other fields are the same as plain data. */
  readonly summary: readonly string[];
}

/** A strategy that reports. Its `report()` may be called at any time, during a run and after it, and is plain JSON data. */
export interface ReportingStrategy extends SleepStrategy {
  /** What there is to tell by now. */
  report(): StrategyReport;
}

/**
 * The report of a strategy; undefined if it makes none.
 *
 * @example for (const line of reportOf(strategy)?.summary ?? []) console.log(line);
 */
export function reportOf(strategy: SleepStrategy): StrategyReport | undefined {
  return isReporting(strategy) ? strategy.report() : undefined;
}

function isReporting(strategy: SleepStrategy): strategy is ReportingStrategy {
  return typeof (strategy as Partial<ReportingStrategy>).report === 'function';
}
