import type { Duration, Waits } from '@escapement/core';
import { aboutSleeps, type BucketReport, linesOf, percent, reportOnBucket, us } from './bucket-report.js';
import type { Bucket } from './calibration.js';
import type { Objective } from './objective.js';
import type { StrategyReport } from './strategy-report.js';
import type { TimerSlack, TimerSlackState } from './timer-slack.js';

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
  readonly timerSlack?: TimerSlackState;
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
  readonly slack: TimerSlack;
}

/** @internal */
export function reportOn(state: HybridState): HybridReport {
  const { coarse, coarseReport, objective, slack } = state;
  const buckets = state.buckets.map(bucket => reportOnGoal(bucket, state));
  const { timerSlack } = slack.report();
  return {
    summary: summaryOf(state, buckets),
    coarse,
    ...(coarseReport !== undefined && { coarseReport }),
    objective,
    ...(timerSlack !== undefined && { timerSlack }),
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
  if (waits === 'blocks') lines.push(...slack.report().summary);
  else if (slack.isWanted)
    lines.push(`timer slack: not set, because '${coarse}' ${waits}; it is for strategies that block`);
  for (const line of coarseReport?.summary ?? []) lines.push(`${coarse}: ${line}`);
  return lines;
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
  const spin = Math.min(duration, overshoots.meanSpin(wantedMargin));
  if (spin > cpu * duration) {
    return `cannot be ${goal}: that takes a spin of ${us(spin)} each, and \`cpu\` allows ${us(cpu * duration)}`;
  }
  if (lateness === 0 || sleeps < FEWEST_SLEEPS || punctual >= quantile * sleeps) return undefined;
  return `were not ${goal}, but ${percent(punctual / sleeps)}: the spin is interrupted, or naps change faster than it learns`;
}
