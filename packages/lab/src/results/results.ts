import type { Waits } from 'escapement';
import type { Machine } from './machine.js';

/** Incremented when a field of `Results` changes its meaning or is removed, but not for a new field. */
export const SCHEMA = 3;

/** What one run of the lab found: the content of the file that `--json` writes. */
export interface Results {
  /** The version of this form of the results. */
  readonly schema: typeof SCHEMA;
  /** The version of `@escapement/lab`. */
  readonly lab: string;
  /** When the run began, in ISO 8601. */
  readonly date: string;
  /** Why there is less than was planned: `'interrupted'`, or what failed. Null: it is whole. */
  readonly partial: string | null;
  /** What it was measured on. */
  readonly machine: Machine;
  /** What was planned. */
  readonly parameters: Parameters;
  /** In the order in which they were asked for. */
  readonly scenarios: readonly ScenarioResults[];
}

/** The options of a run, as its results repeat them. */
export interface Parameters {
  /** With the same seed, the order of the measurements is the same. */
  readonly seed: number;
  /** The most rounds; null: as many as the time allows. */
  readonly rounds: number | null;
  /** For all of it, in milliseconds; null means no limit. */
  readonly timeLimitMs: number | null;
  /** The run ended with the first sleeper that was so late, in milliseconds. Null: that was not asked for. */
  readonly untilLateMs: number | null;
}

/** What a scenario found. */
export interface ScenarioResults {
  /** `'metronome'`, for instance. */
  readonly name: string;
  /** What is measured, in one line for people. */
  readonly title: string;
  /** What each sample is, as a heading: `'lateness'`. */
  readonly samples: string;
  /** What its settings are, as a heading: `'rate'`. */
  readonly parameter: string;
  /** The unit of its settings: `'Hz'`; empty for a bare number. */
  readonly unit: string;
  /** How a table or a chart should be read, in a sentence or two. */
  readonly explanation: string;
  /** In the order of the settings, then of the subjects. */
  readonly rows: readonly Row[];
}

/** One subject at one setting. */
export interface Row {
  /** What was measured. */
  readonly subject: SubjectInfo;
  /** The setting: 1000 for a rate of 1000 Hz. */
  readonly setting: number;
  /** The setting as text, with its unit: `'1000 Hz'`. */
  readonly label: string;
  /** Up to 30 samples of a process that has just started; they count nowhere else. Null if they were not measured. */
  readonly cold: Round | null;
  /** What was measured, in the order of time. Empty if the time did not suffice, or the subject failed. */
  readonly rounds: readonly Round[];
  /** Computed from `rounds`; null if they are empty. */
  readonly summary: Summary | null;
  /** Why there is nothing, or less, of this row. Null: nothing failed. */
  readonly failure: string | null;
  /** Where lateness comes from, in rounds that count nowhere else; only if it was asked for. */
  readonly why?: Why;
  /** What the strategy says of itself after the last round: lines for people. */
  readonly report?: readonly string[];
}

/** What is measured: a strategy, or another way to wait. */
export interface SubjectInfo {
  /** Unique within the results. */
  readonly name: string;
  /** A strategy waits through a loop; a baseline is what the host offers without one; outside is another process. */
  readonly kind: 'strategy' | 'baseline' | 'outside' | 'policy';
  /** What it does with the thread; null where that is not known. */
  readonly waits: Waits | null;
  /** The file or package that it comes from. */
  readonly from: string;
}

/** One uninterrupted measurement of one row. */
export interface Round {
  /** Counted from 0; the same number for all rows that were measured in one round. */
  readonly round: number;
  /** When it began, in milliseconds since the run began. */
  readonly at: number;
  /** How long it took, in milliseconds. */
  readonly wallMs: number;
  /** Processor time of the subject's process, all threads, in milliseconds; null where the host does not tell. */
  readonly cpuMs: number | null;
  /** In microseconds and in the order of time. Negative: early. */
  readonly samplesUs: readonly number[];
  /** Ticks of an open loop that were over when the next was due. */
  readonly missed: number;
  /** What else the scenario found, by name with its unit: `{ 'throughput/s': 1200 }`. */
  readonly figures: Readonly<Record<string, number>>;
  /** What the machine did meanwhile. */
  readonly disturbance: Disturbance;
}

/** What held the measurement up from outside. Each is null where the host does not tell. */
export interface Disturbance {
  /** How long the thread was ready and had no core, in milliseconds. */
  readonly runQueueMs: number | null;
  /** How often another thread took its core. */
  readonly involuntarySwitches: number | null;
  /** Time in which a hypervisor ran something else, over all cores, in milliseconds. */
  readonly stealMs: number | null;
  /** How long the control group was out of its share, in milliseconds. */
  readonly throttledMs: number | null;
  /** Pauses of the garbage collector, in milliseconds. */
  readonly gcMs: number | null;
}

/** Figures of a row over all its rounds. */
export interface Summary {
  /** Samples. */
  readonly count: number;
  /** How many of them are below 0; they count in the quantiles too. */
  readonly early: number;
  /** The sum of the rounds. */
  readonly missed: number;
  /** In microseconds. */
  readonly us: {
    readonly min: number;
    readonly max: number;
    readonly p50: Quantile;
    /** Null: fewer than ten samples lie beyond. */
    readonly p90: Quantile | null;
    readonly p99: Quantile | null;
    readonly 'p99.9': Quantile | null;
  };
  /** The median of each round: the unit of all comparisons. */
  readonly roundMediansUs: readonly number[];
  /** 100 is one busy core; null where the host does not tell. */
  readonly cpuPercent: number | null;
  /** Microseconds of processor time for each sample. Rows of different rates are compared by this. */
  readonly cpuUsPerSample: number | null;
  /** The median of the cold samples, in microseconds. */
  readonly coldP50Us: number | null;
  /** Sums over the rounds, and the share of rounds that were hit. */
  readonly disturbance: Disturbance & { readonly roundsHit: number };
  /** Means of the scenario's own figures over the rounds. */
  readonly figures: Readonly<Record<string, number>>;
}

/** A quantile and the interval that holds it with 95 % confidence, from resampled rounds. */
export interface Quantile {
  /** In microseconds. */
  readonly value: number;
  /** Null with fewer than five rounds. */
  readonly interval: readonly [low: number, high: number] | null;
}

/** What recorded rounds say about late sleepers. */
export interface Why {
  /** How many sleepers woke in these rounds, late or not. */
  readonly ticks: number;
  /** In microseconds: only what was later than this is told. */
  readonly beyondUs: number;
  /** The latest of them, at most 20, the latest first; with `--until-late` the first. */
  readonly late: readonly LateTick[];
  /** What the machine did in the last of these rounds; null: there was none. */
  readonly disturbance: Disturbance | null;
}

/**
 * Where the lateness of one sleeper came from. The parts with `Us` are in microseconds. Each moment from the deadline to the
 * resumption is in one of them, so they add up to `lateUs`, but for rounding.
 */
export interface LateTick {
  /** When it was due, in milliseconds since the round began. */
  readonly at: number;
  /** The name of the task that slept. */
  readonly task: string;
  /** The whole lateness. */
  readonly lateUs: number;
  /** Steps of the task itself: it was still busy when it should have woken. */
  readonly ownUs: number;
  /** The strategy slept so long after the deadline, or let the host run. */
  readonly strategyUs: number;
  /** The loop's own work until the handler had settled the wait: polling, mostly. */
  readonly handlerUs: number;
  /** Other tasks ran, or the task was ready and waited for its turn. */
  readonly queueUs: number;
  /** Pauses of the garbage collector. */
  readonly gcUs: number;
  /** The thread was ready and had no core. Null where the host does not tell: then it is in the other parts. */
  readonly machineUs: number | null;
  /** The task whose step was the last before it; null if none ran after the deadline. */
  readonly after: string | null;
  /** Which tasks ran after the deadline: up to three, those that took longest first. */
  readonly ran: readonly RanBefore[];
}

/** What one task, or all tasks of one name, took of the time of a late one. */
export interface RanBefore {
  /** The name of the task. */
  readonly task: string;
  /** In microseconds; collector and lost core included. */
  readonly us: number;
  /** How often it ran. */
  readonly steps: number;
}
