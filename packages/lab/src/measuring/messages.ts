import type { Duration } from 'escapement';
import type { LateTick, Round, SubjectInfo } from '../results/results.js';
import type { LateWanted } from '../why/late-recorder.js';

/** A scenario and where it comes from: a process finds its own copy by that. */
export interface ScenarioSource {
  readonly name: string;
  readonly from: string;
}

/** What the lab asks of a subject's process. Each gets one answer. */
export type Order =
  | { readonly do: 'load'; readonly subject: SubjectInfo; readonly scenarios: readonly ScenarioSource[] }
  | RoundOrder
  | { readonly do: 'report'; readonly scenario: string; readonly setting: number };

/** Measure one round of one row. */
export interface RoundOrder {
  readonly do: 'round';
  readonly scenario: string;
  readonly setting: number;
  /** In milliseconds. */
  readonly budget: Duration;
  readonly mostSamples: number;
  readonly seed: number;
  /** Record where the lateness of sleepers comes from. */
  readonly late?: LateWanted;
}

/** What the process answers. */
export type Answer =
  | { readonly loaded: true }
  | { readonly round: MeasuredRound }
  | { readonly report: RowReport }
  | { readonly failed: string };

/** A round, without what only the lab knows. */
export type MeasuredRound = Omit<Round, 'round' | 'at'> & { readonly late?: readonly LateTick[] };

/** What is to say of a row after its last round. */
export interface RowReport {
  readonly lines?: readonly string[];
}
