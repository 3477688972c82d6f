import type { Duration, Waits } from '@escapement/core';
import { aboutSleeps, type BucketReport, linesOf, percent, reportOnBucket, us } from './bucket-report.js';
import type { Bucket } from './calibration.js';
import type { Objective } from './objective.js';
import type { StrategyReport } from './strategy-report.js';
import type { TimerSlack, TimerSlackReport } from './timer-slack.js';

/** With fewer sleeps, the share of those in time says little. */
const FEWEST_SLEEPS = 100;

/** What a `HybridStrategy` has learnt of sleeps of about one length, and whether they meet its objective. */
export interface HybridBucketReport extends BucketReport {
  /** The share of the sleeps that met `lateness`; absent without such an objective. */
  readonly punctual?: number;
  /** Why these sleeps cannot meet the objective; absent if they can. */
  readonly problem?: string;
}

/** What a `HybridStrategy` has learnt, and what it cannot reach. */
export interface HybridReport extends StrategyReport {
  /** The alias of the strategy that naps. */
  readonly coarse: string;
  /** Its report, if it makes one. */
  readonly coarseReport?: StrategyReport;
  /** As given. */
  readonly objective: Objective;
  /** What became of `slack`; absent without that option. */
  readonly timerSlack?: TimerSlackReport;
  /** Sleeps of each length that there was, the shortest first. */
  readonly buckets: readonly HybridBucketReport[];
}

/** @internal */
export interface HybridState {
  readonly coarse: string;
  readonly waits: Waits;
  readonly coarseReport: StrategyReport | undefined;
  readonly objective: Objective;
  readonly longestSpin: Duration;
  readonly buckets: readonly Bucket[];
  readonly slack: TimerSlack | undefined;
}

/** @internal */
export function reportOn(state: HybridState): HybridReport {
  const { coarse, coarseReport, objective, slack } = state;
  const buckets = state.buckets.map(bucket => reportOnGoal(bucket, state));
  return {
    summary: summaryOf(state, buckets),
    coarse,
    ...(coarseReport !== undefined && { coarseReport }),
    objective,
    ...(slack !== undefined && { timerSlack: slack.report }),
    buckets,
  };
}

function summaryOf(state: HybridState, buckets: readonly HybridBucketReport[]): string[] {
  const { coarse, waits, coarseReport, slack } = state;
  const lines = linesOf(buckets, 'spun');
  if (waits === 'spins' || waits === 'jumps') lines.unshift(`'${coarse}' ${waits}: it gets all sleeps unchanged`);
  for (const { duration, problem } of buckets) {
    if (problem !== undefined) lines.push(`${aboutSleeps(duration)}: ${problem}`);
  }
  if (slack !== undefined) lines.push(waits === 'blocks' ? slack.summary : unusedSlack(state));
  for (const line of coarseReport?.summary ?? []) lines.push(`${coarse}: ${line}`);
  return lines;
}

function unusedSlack({ coarse, waits }: HybridState): string {
  return `timer slack: not set, because '${coarse}' ${waits}; it is for strategies that block`;
}

function reportOnGoal(bucket: Bucket, state: HybridState): HybridBucketReport {
  const hasGoal = (state.objective.lateness ?? 0) > 0 && bucket.sleeps > 0;
  const problem = problemOf(bucket, state);
  return {
    ...reportOnBucket(bucket),
    ...(hasGoal && { punctual: bucket.punctual / bucket.sleeps }),
    ...(problem !== undefined && { problem }),
  };
}

function problemOf(bucket: Bucket, { objective, longestSpin }: HybridState): string | undefined {
  if (!bucket.isWarm) return undefined;
  const { lateness = 0, quantile = 0.95, cpu = 1 } = objective;
  const { wantedMargin, overshoots, duration, sleeps, punctual } = bucket;
  const goal = lateness > 0 ? `at most ${us(lateness)} late in ${percent(quantile)}` : 'exact';
  if (wantedMargin > longestSpin) {
    return `cannot be ${goal}: that takes a margin of ${us(wantedMargin)}, and \`longestSpin\` is ${us(longestSpin)}`;
  }
  const spin = Math.min(duration, wantedMargin - overshoots.quantile(0.5));
  if (spin > cpu * duration) {
    return `cannot be ${goal}: that takes a spin of ${us(spin)} each, and \`cpu\` allows ${us(cpu * duration)}`;
  }
  if (lateness === 0 || sleeps < FEWEST_SLEEPS || punctual >= quantile * sleeps) return undefined;
  return `were not ${goal}, but ${percent(punctual / sleeps)}: the machine is busy, or changes faster than it learns`;
}
