import type { Duration } from 'escapement';
import type { SubjectInfo } from '../results/results.js';
import type { Scenario } from '../scenarios/scenario.js';

/** What to measure, how long, and in which order. */
export interface RunPlan {
  /** The strategies, baselines and programs to compare. */
  readonly subjects: readonly SubjectInfo[];
  /** What could not be chosen here, and what each lacks: `'uvloop (needs python3 with uvloop)'`. */
  readonly absent: readonly string[];
  /** In the order of the report. */
  readonly scenarios: readonly PlannedScenario[];
  /** Seeds every random order. */
  readonly seed: number;
  /** The most rounds; null: as many as the time allows. */
  readonly rounds: number | null;
  /** For all of it, in milliseconds; null: no limit. */
  readonly timeLimit: Duration | null;
  /** How much of it is gone before the run begins, in milliseconds. Default: 0. */
  readonly timeSpent?: Duration;
  /** Find out where lateness comes from, in further rounds. */
  readonly why: boolean;
  /** Measure nothing but that, and end with the first sleeper that is so late, in milliseconds; null: measure as usual. */
  readonly untilLate: Duration | null;
  /** Short rounds and fewer settings. */
  readonly isQuick: boolean;
}

/** A scenario, its settings, and the module that it comes from. */
export interface PlannedScenario {
  /** The scenario itself. */
  readonly scenario: Scenario;
  /** Where a process finds it: `BUILT_IN`, or the URL of a module. */
  readonly from: string;
  /** In the unit of its parameter; each is a row for every subject. */
  readonly settings: readonly number[];
}

/** Is told how far a run is, between measurements only. */
export interface RunObserver {
  /** @param left how long the rest will take, in milliseconds; undefined: not known yet */
  progressed(share: number, doing: string, left: Duration | undefined): void;
}
