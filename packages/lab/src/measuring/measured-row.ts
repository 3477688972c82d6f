import type { Duration } from 'escapement';
import type { Round, Row, SubjectInfo } from '../results/results.js';
import { labelOf } from '../scenarios/scenario.js';
import { summarize } from '../statistics/summary.js';
import type { LateWanted } from '../why/late-recorder.js';
import type { MeasuredRound, RoundOrder, RowReport } from './messages.js';
import type { PlannedScenario } from './run-plan.js';
import { OutOfTime, type SubjectWork } from './subject-process.js';
import { WhyLate } from './why-late.js';

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
  #isLeftOut = false;
  /** The subject failed at another row. */
  #isConsequence = false;
  #report: RowReport = {};
  #why: WhyLate | undefined;
  #cost: Duration;

  constructor(
    readonly subject: SubjectInfo,
    readonly planned: PlannedScenario,
    readonly setting: number,
    isQuick: boolean,
  ) {
    const { parameter, roundMs = ROUND } = planned.scenario;
    this.label = labelOf(planned.scenario, setting);
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

  /** What was found out about the failure. */
  addToFailure(text: string): void {
    if (this.#failure !== null && !this.#isConsequence)
      this.#failure = `${this.#failure.replace(/\.?$/, '.')} It ${text}`;
  }

  /** It did not fail: there was no time for it. */
  get isLeftOut(): boolean {
    return this.#isLeftOut;
  }

  /** There is no time for it. */
  leaveOut(why = 'the time did not suffice'): void {
    this.#isLeftOut ||= !this.isFailed;
    this.fail(`left out: ${why}. Allow more by --time, or measure less.`);
  }

  /** Why nothing more will be measured. @param at the row at which the subject failed, if it was at one */
  fail(failure: string, at: MeasuredRow = this): void {
    if (this.#failure !== null) return;
    this.#isConsequence = at !== this;
    this.#failure = at === this ? failure : `it failed at ${at.label}`;
  }

  /** @throws SubjectError */
  async measureCold(process: SubjectWork, seed: number, at: Duration): Promise<void> {
    this.#cold = await this.#measure(process, { mostSamples: COLD_SAMPLES, seed, round: 0, at });
  }

  /** @throws SubjectError */
  async measure(process: SubjectWork, round: number, seed: number, at: Duration): Promise<void> {
    this.#rounds.push(await this.#measure(process, { mostSamples: Infinity, seed, round, at }));
  }

  /** Whether its lateness can be explained: a loop is in its process, and sleepers in that. */
  get isExplainable(): boolean {
    return (
      this.subject.kind !== 'baseline' && this.subject.kind !== 'outside' && this.planned.scenario.hasSleepers === true
    );
  }

  /** Whether late sleepers were found, and where their lateness came from. */
  get isExplained(): boolean {
    return this.#why?.isFound === true;
  }

  /** A round that counts nowhere else. @param wanted default: the latest that are beyond the 90th percentile of the row */
  async explain(process: SubjectWork, seed: number, wanted?: LateWanted): Promise<void> {
    this.#why ??= new WhyLate(wanted ?? WhyLate.beyondP90(this.#rounds));
    this.#why.add(await this.#ask(process, { mostSamples: Infinity, seed, late: this.#why.wanted }));
  }

  async fetchReport(process: SubjectWork): Promise<void> {
    if (!this.isMeasured) return;
    try {
      this.#report = await process.report(this.planned.scenario.name, this.setting);
    } catch (error) {
      if (error instanceof OutOfTime) this.#report = { lines: [error.message] };
      throw error;
    }
  }

  async #measure(process: SubjectWork, given: ColdOrWarm): Promise<Round> {
    const { round, at, ...order } = given;
    const started = performance.now();
    const measured = await this.#ask(process, order);
    if (order.mostSamples === Infinity) this.#cost = performance.now() - started;
    return { round, at, ...measured };
  }

  /** @throws SubjectError */
  #ask(process: SubjectWork, given: RowOrder): Promise<MeasuredRound> {
    const { setting, budget } = this;
    return process.round({ scenario: this.planned.scenario.name, setting, budget, ...given }, this.#cost);
  }

  result(): Row {
    const { subject, setting, label } = this;
    const { lines } = this.#report;
    return {
      subject,
      setting,
      label,
      cold: this.#cold,
      rounds: this.#rounds,
      summary: summarize(this.#rounds, this.#cold),
      failure: this.#failure,
      ...(this.#why && { why: this.#why.result() }),
      ...(lines && { report: lines }),
    };
  }
}

type RowOrder = Pick<RoundOrder, 'mostSamples' | 'seed' | 'late'>;

interface ColdOrWarm extends RowOrder {
  readonly round: number;
  readonly at: Duration;
}
