import type { Duration } from 'escapement';
import type { ScenarioResults, SubjectInfo } from '../results/results.js';
import type { Subject } from '../subjects/subject.js';

/**
 * Something to measure. It runs in a process of the subject's own, and measures one round of one subject at one setting. A
 * module for `--module` may export one; it must not import what only Node has if it should run in a page, too.
 *
 * @example
 * export const pairs = defineScenario({
 *   name: 'pairs',
 *   title: 'Two sleepers that wake at the same instant',
 *   samples: 'lateness',
 *   parameter: { name: 'sleep', unit: 'ms', values: [1, 5], quick: [1], check: value => value > 0 },
 *   explanation: 'How late the second of two sleepers resumes.',
 *   prepare: (subject, duration) => async ({ budget, measured }) => { ... },
 * });
 */
export interface Scenario {
  /** By this the lab recognizes it among the exports of a module. */
  readonly kind: 'scenario';
  /** On the command line: one word. */
  readonly name: string;
  /** What is measured, in one line for people. */
  readonly title: string;
  /** What each sample is, as a heading: `'lateness'`. */
  readonly samples: string;
  /** How the results are to be read, in a sentence or two. */
  readonly explanation: string;
  /** What is varied. */
  readonly parameter: ScenarioParameter;
  /** Why `subject`, of a kind that it measures, cannot be measured: then it has no row. Undefined if it can. */
  refuses?(subject: Pick<SubjectInfo, 'name' | 'kind'> & Partial<SubjectInfo>): string | undefined;
  /** Its samples are the lateness of sleepers in the subject's loops, so that `--why` can explain them. Default: false. */
  readonly hasSleepers?: boolean;
  /** How long a round of one row lasts, in milliseconds. Default: 100, and 60 with `--quick`. */
  readonly roundMs?: { readonly whole: Duration; readonly quick: Duration };
  /** Which kinds of subjects it measures. Default: strategies, baselines, and programs outside of Node. */
  readonly measures?: readonly Subject['kind'][];
  /**
   * Called once for each row, in the subject's process: makes the loops, for instance. What it returns is called for each
   * round.
   */
  prepare(subject: Subject, setting: number): Measurement | Promise<Measurement>;
}

/** Measures one round, for about `context.budget`. Must call `context.measured` exactly once. */
export type Measurement = (context: RoundContext) => Promise<RoundSamples>;

/** What a scenario varies: each value is a setting, with a row for each subject. */
export interface ScenarioParameter {
  /** As a heading and on the command line: one word. */
  readonly name: string;
  /** Empty for a bare number. */
  readonly unit: string;
  /** The settings of a whole run. */
  readonly values: readonly number[];
  /** The settings of `--quick`. */
  readonly quick: readonly number[];
  /** What is wrong with a value, as the end of a sentence: `'expected a rate from 0.1 to 10000 Hz'`; undefined if it is right. */
  check(value: number): string | undefined;
  /** The setting with the most samples in a second: what the compiler is warmed up with. Default: the first that is planned. */
  readonly warmUp?: number;
  /** How long one sample takes at least, in milliseconds. Default: less than a round. */
  leastMs?(value: number): Duration;
}

/** The circumstances of a round. */
export interface RoundContext {
  /** About how long to measure, in milliseconds. At least one sample is measured, however long that takes. */
  readonly budget: Duration;
  /** The most samples; Infinity but for the cold round, and in it 30. */
  readonly mostSamples: number;
  /** Differs from round to round, and is the same for all subjects in one round. */
  readonly seed: number;
  /** Runs `work` and measures what it takes: processor time and disturbances. Call it once, with nothing but the work inside. */
  measured(work: () => void | Promise<void>): Promise<void>;
}

/** What a round found. */
export interface RoundSamples {
  /** In microseconds and in the order of time. Negative: early. */
  readonly samplesUs: ArrayLike<number>;
  /** Ticks of an open loop that were over when the next was due. Default: 0. */
  readonly missed?: number;
  /**
   * Processor time in milliseconds, if the work was that of another process; null if that does not tell. Default: what
   * `measured` found.
   */
  readonly cpuMs?: number | null;
  /** What else was found, by name with its unit. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** Makes a scenario that the lab recognizes in a module. */
export function defineScenario(scenario: Omit<Scenario, 'kind'>): Scenario {
  return { kind: 'scenario', ...scenario };
}

/** What the results say of a scenario, before its rows. */
export function headingOf({ name, title, samples, explanation, parameter }: Scenario): Omit<ScenarioResults, 'rows'> {
  return { name, title, samples, parameter: parameter.name, unit: parameter.unit, explanation };
}

/** A setting as text: `'1000 Hz'`. */
export function labelOf({ parameter: { unit } }: Scenario, setting: number): string {
  return unit === '' ? String(setting) : `${setting} ${unit}`;
}
