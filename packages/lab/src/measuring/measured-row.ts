import type { Duration } from 'escapement';
import type { Round, Row, SubjectInfo } from '../results/results.js';
import { summarize } from '../statistics/summary.js';
import type { RowReport } from './messages.js';
import type { PlannedScenario } from './run-plan.js';
import { SubjectError, type SubjectProcess } from './subject-process.js';

/** How long a round of one row lasts, in milliseconds, if its scenario does not say. */
const ROUND = { whole: 100, quick: 60 };
/** The samples that a process takes first are told apart: its code is not compiled yet, its caches are cold. */
const COLD_SAMPLES = 30;

/** One subject at one setting, while it is measured. */
export class MeasuredRow {
  readonly label: string;
  /** How long a round lasts, at least. */
  readonly budget: Duration;
  readonly #rounds: Round[] = [];
  #cold: Round | null = null;
  #failure: string | null = null;
  #report: RowReport = {};
  #cost: Duration;

  constructor(
    readonly subject: SubjectInfo,
    readonly planned: PlannedScenario,
    readonly setting: number,
    isQuick: boolean,
  ) {
    const { parameter, roundMs = ROUND } = planned.scenario;
    this.label = `${setting}${parameter.unit && ` ${parameter.unit}`}`;
    this.budget = roundMs[isQuick ? 'quick' : 'whole'];
    this.#cost = Math.max(this.budget, parameter.leastMs?.(setting) ?? 0);
  }

  get name(): string {
    return `${this.subject.name} ${this.label}`;
  }

  /** How long a round took, or will probably take. */
  get cost(): Duration {
    return this.#cost;
  }

  get isFailed(): boolean {
    return this.#failure !== null;
  }

  get isMeasured(): boolean {
    return this.#rounds.length > 0;
  }

  /** One sample of it takes longer than its round should. */
  get isSlow(): boolean {
    return this.#cost > this.budget;
  }

  /** Why nothing more will be measured. */
  fail(failure: string): void {
    this.#failure ??= failure;
  }

  /** @throws SubjectError */
  async measureCold(process: SubjectProcess, seed: number, at: Duration): Promise<void> {
    this.#cold = await this.#measure(process, { mostSamples: COLD_SAMPLES, seed, round: 0, at });
  }

  /** @throws SubjectError */
  async measure(process: SubjectProcess, round: number, seed: number, at: Duration): Promise<void> {
    this.#rounds.push(await this.#measure(process, { mostSamples: Infinity, seed, round, at }));
  }

  async fetchReport(process: SubjectProcess): Promise<void> {
    if (this.isMeasured) this.#report = await process.report(this.planned.scenario.name, this.setting);
  }

  async #measure(process: SubjectProcess, given: ColdOrWarm): Promise<Round> {
    const { mostSamples, seed, round, at } = given;
    const started = performance.now();
    const order = {
      scenario: this.planned.scenario.name,
      setting: this.setting,
      budget: this.budget,
      mostSamples,
      seed,
    };
    try {
      const measured = await process.round(order, this.#cost);
      if (mostSamples === Infinity) this.#cost = performance.now() - started;
      return { round, at, ...measured };
    } catch (error) {
      if (error instanceof SubjectError) throw new SubjectError(`${this.name}: ${error.message}`, { cause: error });
      throw error;
    }
  }

  result(): Row {
    const { subject, setting, label } = this;
    const { lines, why } = this.#report;
    return {
      subject,
      setting,
      label,
      cold: this.#cold,
      rounds: this.#rounds,
      summary: summarize(this.#rounds, this.#cold),
      failure: this.#failure,
      ...(why && { why }),
      ...(lines && { report: lines }),
    };
  }
}

interface ColdOrWarm {
  readonly mostSamples: number;
  readonly seed: number;
  readonly round: number;
  readonly at: Duration;
}
