import { describeMachine, type Machine } from './machine.js';
import { type LatenessOptions, type LatenessResult, LatenessScenario } from './scenarios/lateness.js';

/** Incremented when a field of `Comparison` changes its meaning or is removed, but not for a new field. */
export const SCHEMA = 2;

/** The results, the machine and the parameters of a run: what `--json` writes. */
export interface Comparison {
  /** The version of this form of the results. */
  readonly schema: typeof SCHEMA;
  /** When the run began, in ISO 8601. */
  readonly date: string;
  /** What it was measured on. */
  readonly machine: Machine;
  /** What was planned. */
  readonly parameters: ComparisonParameters;
  /** What was measured. */
  readonly lateness: LatenessResult;
}

/** The options of a run, as its results repeat them. */
export interface ComparisonParameters {
  /** With the same seed, the order of the measurements is the same. */
  readonly seed: number;
  /** The lengths of the sleeps, in ms. */
  readonly durationsMs: readonly number[];
  /** As planned; `lateness.rounds` is the actual number. */
  readonly rounds: number;
  /** For all rounds; null means no limit. */
  readonly timeLimitMs: number | null;
}

/** What to measure, and with which seed. */
export interface ComparisonOptions extends LatenessOptions {
  /** Seeds the order of the measurements. */
  readonly seed: number;
}

/** A comparison before it has results. */
export type ComparisonPlan = Pick<Comparison, 'schema' | 'date' | 'machine' | 'parameters'>;

/** Is told how far a comparison is, for a progress bar. */
export interface Observer {
  /** Before anything is measured. */
  planned(plan: ComparisonPlan): void;
  /** Between measurements: the share of a scenario that is done, 0 to 1, and what is measured next. */
  progressed(scenario: string, share: number, doing: string): void;
}

/** Runs a comparison on this machine. */
export async function compare(options: ComparisonOptions, observer: Observer): Promise<Comparison> {
  const plan = planOf(options);
  observer.planned(plan);
  const scenario = new LatenessScenario(options);
  const lateness = await scenario.run({
    seed: options.seed,
    progress: (done, total, doing) => observer.progressed(scenario.name, done / total, doing),
  });
  return { ...plan, lateness };
}

function planOf({ seed, durations, rounds, timeLimit }: ComparisonOptions): ComparisonPlan {
  return {
    schema: SCHEMA,
    date: new Date().toISOString(),
    machine: describeMachine(),
    parameters: { seed, durationsMs: durations, rounds, timeLimitMs: timeLimit ?? null },
  };
}
