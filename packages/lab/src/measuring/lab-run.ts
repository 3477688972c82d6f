import { readFileSync } from 'node:fs';
import type { Duration } from 'escapement';
import { describeMachine, type Machine } from '../results/machine.js';
import { type Results, SCHEMA, type ScenarioResults, type SubjectInfo } from '../results/results.js';
import { headingOf, type Scenario } from '../scenarios/scenario.js';
import { type Random, seededRandom, shuffled } from '../statistics/random.js';
import type { LateWanted } from '../why/late-recorder.js';
import { brokenLaw } from './broken-law.js';
import { MeasuredRow } from './measured-row.js';
import { BUILT_IN } from './offer.js';
import type { PlannedScenario, RunObserver, RunPlan } from './run-plan.js';
import { RunTime } from './run-time.js';
import { NoAnswer, OutOfTime, SubjectError, SubjectProcess, type SubjectWork } from './subject-process.js';

/**
 * Of each subject and scenario: rounds that are not measured, and their length in milliseconds, so that the compiler has
 * optimized the hot code. Many short ones: code that was optimized before it has seen a round begin and end is thrown away then.
 */
const WARM_UP = { whole: { rounds: 8, budget: 60 }, quick: { rounds: 5, budget: 25 } };
/** By then, of the run's time, all have started, the cold rounds and the warm-up are over: on a slow machine they are cut short. */
const START_SHARE = 0.6;
const COLD_SHARE = 0.3;
const WARM_SHARE = 0.45;

/** How long all laws of a strategy may take, in milliseconds, and which share of the run's time. */
const LAWS: Duration = 10_000;
const LAWS_SHARE = 0.3;

/** Rounds of each row that find out why sleepers are late. */
const WHY_ROUNDS = 4;

/** Starts the process of a subject, which must answer before the time of the run is over. A test has processes of its own. */
export type StartProcess = (subject: SubjectInfo, timeLeft: () => Duration) => SubjectWork;

/** One run of the lab: starts the processes of the subjects, measures them in shuffled rounds, and collects the results. */
export class LabRun {
  readonly #rows: readonly MeasuredRow[];
  /** Those that have loaded what they measure. */
  readonly #processes = new Map<SubjectInfo, SubjectWork>();
  readonly #started = new Set<SubjectWork>();
  /** Those that did not come back. */
  readonly #hung = new Set<SubjectInfo>();
  readonly #random: Random;
  readonly #time: RunTime;
  readonly #date = new Date().toISOString();
  readonly #machine: Machine;
  #round = 0;
  readonly #ended = new AbortController();
  #interrupted = false;

  /**
   * @param plan what to measure, and for how long
   * @param observer is told between measurements how far it is
   * @param startProcess only for tests
   */
  constructor(
    /** As it was given. */
    readonly plan: RunPlan,
    private readonly observer: RunObserver,
    private readonly startProcess: StartProcess = (...args) => new SubjectProcess(...args),
  ) {
    this.#time = new RunTime(plan.timeLimit, plan.timeSpent);
    this.#machine = describeMachine();
    this.#random = seededRandom(plan.seed);
    this.#rows = plan.scenarios.flatMap(planned => rowsOf(planned, plan));
  }

  /** Measures what is planned. Resolves also if subjects failed or the run was interrupted: the results say so. */
  async measure(): Promise<Results> {
    try {
      await this.#startAll();
      if (this.plan.untilLate === null) await this.#coldRound();
      await this.#warmUp();
      if (this.plan.untilLate !== null) await this.#untilLate({ beyond: this.plan.untilLate, keep: 'first' });
      else {
        await this.#rounds();
        this.#leaveOutRest();
      }
      if (this.plan.why) await this.#whyRounds();
      await this.#fetchReports();
      await this.#nameBrokenLaws();
    } finally {
      this.end();
    }
    return this.results();
  }

  /** Ends the measurement; `measure` then resolves soon, with what there is. */
  interrupt(): void {
    this.#interrupted = true;
    this.end();
  }

  /** Ends all processes. */
  end(): void {
    this.#ended.abort();
    for (const process of this.#started) process.end();
  }

  /** What there is by now. */
  results(): Results {
    const { seed, rounds, timeLimit, untilLate, scenarios } = this.plan;
    return {
      schema: SCHEMA,
      lab: VERSION,
      date: this.#date,
      partial: this.#partial(),
      machine: this.#machine,
      parameters: { seed, rounds, timeLimitMs: timeLimit, untilLateMs: untilLate },
      scenarios: scenarios.map(planned => this.#scenarioResults(planned)),
    };
  }

  /**
   * Whether a subject failed, or nothing was measured at all. What there was no time for, by the user's own limit, is no
   * failure.
   */
  get hasFailed(): boolean {
    return this.#failedRows.length > 0 || this.#rows.every(row => !row.isMeasured && !row.isExplained);
  }

  get #failedRows(): MeasuredRow[] {
    return this.#rows.filter(row => row.isFailed && !row.isLeftOut);
  }

  #partial(): string | null {
    if (this.#interrupted) return 'interrupted';
    const leftOut = this.#rows.filter(row => row.isLeftOut);
    const told = [...someOf('failed', this.#failedRows), ...someOf('left out', leftOut)];
    return told.length === 0 ? null : told.join('; ');
  }

  #scenarioResults(planned: PlannedScenario): ScenarioResults {
    const rows = this.#rows.filter(row => row.planned === planned).map(row => row.result());
    return { ...headingOf(planned.scenario), rows };
  }

  /** Two at a time: most of the start is one thread's work. On a slow machine not all are started, so that some are measured. */
  async #startAll(): Promise<void> {
    await twoAtATime([...new Set(this.#rows.map(({ subject }) => subject))], async subject => {
      if (this.#isStopped || !this.#time.suffices(0, 1 - START_SHARE)) return;
      this.#show(`starting ${subject.name}`);
      await this.#start(subject);
    });
  }

  async #start(subject: SubjectInfo): Promise<void> {
    const scenarios = this.plan.scenarios.map(({ scenario, from }) => ({ name: scenario.name, from }));
    await this.#attempt(subject, async () => {
      const process = this.startProcess(subject, () => this.#time.left);
      // Before it has loaded: an interrupt shall end it, too.
      this.#started.add(process);
      await process.load(scenarios);
      this.#processes.set(subject, process);
    });
  }

  async #coldRound(): Promise<void> {
    for (const row of shuffled(this.#rows, this.#random)) {
      // A slow one would take the time of its only warm round.
      if (row.isSlow || !this.#time.suffices(row.cost, 1 - COLD_SHARE)) continue;
      this.#show(`${row.name}, cold`);
      await this.#attemptRow(row, process => row.measureCold(process, this.plan.seed, this.#time.elapsed));
    }
  }

  /** In processes of their own, so two at a time: nothing is measured yet. */
  async #warmUp(): Promise<void> {
    await twoAtATime([...this.#processes.keys()], async subject => {
      for (const { scenario } of this.plan.scenarios) await this.#warmUpFor(subject, scenario);
    });
  }

  async #warmUpFor(subject: SubjectInfo, { name, parameter }: Scenario): Promise<void> {
    const row = this.#rows.find(each => each.subject === subject && each.planned.scenario.name === name);
    if (row === undefined || row.isSlow) return;
    const { rounds, budget } = WARM_UP[this.plan.isQuick ? 'quick' : 'whole'];
    const setting = parameter.warmUp ?? row.setting;
    const order = { scenario: name, setting, budget, mostSamples: Infinity, seed: 0 };
    for (let n = 0; n < rounds && this.#time.suffices(budget, 1 - WARM_SHARE); n++) {
      this.#show(`warming up ${subject.name}`);
      await this.#attemptRow(row, process => process.round(order, budget));
    }
  }

  async #rounds(): Promise<void> {
    const { rounds } = this.plan;
    while (!this.#isStopped && (rounds === null || this.#round < rounds)) {
      const open = this.#rows.filter(row => this.#isOpen(row));
      if (open.length === 0) return;
      const cost = open.reduce((sum, row) => sum + row.cost, 0);
      if (this.#round > 0 && !this.#time.suffices(cost + this.#whyCost() + this.#lawsCost())) return;
      await this.#measureRound(shuffled(open, this.#random), cost);
      this.#round++;
    }
  }

  /** When the time is over. */
  #leaveOutRest(): void {
    for (const row of this.#rows) if (!row.isMeasured && !this.#interrupted) row.leaveOut();
  }

  /** In the first round, single rows are left out if the time does not suffice for them. */
  async #measureRound(rows: readonly MeasuredRow[], cost: Duration): Promise<void> {
    const seed = this.plan.seed + this.#round;
    for (const [index, row] of rows.entries()) {
      if (this.#round === 0 && !this.#time.suffices(row.cost)) {
        row.leaveOut();
        continue;
      }
      this.#showRound(row, index / rows.length, cost);
      await this.#attemptRow(row, process => row.measure(process, this.#round, seed, this.#time.elapsed));
    }
  }

  /** For the rounds that explain. */
  #whyCost(): Duration {
    return this.plan.why ? WHY_ROUNDS * this.#explainable().reduce((sum, { cost }) => sum + cost, 0) : 0;
  }

  /** For the test of the strangers' strategies that failed: what breaks them mostly shows in the first seconds. */
  #lawsCost(): Duration {
    return this.#failedStrangers.size > 0 ? this.#time.part(LAWS_SHARE, LAWS) : 0;
  }

  get #failedStrangers(): Set<SubjectInfo> {
    const subjects = this.#failedRows.map(row => row.subject);
    return new Set(subjects.filter(({ kind, from }) => kind === 'strategy' && from !== BUILT_IN));
  }

  #explainable(): MeasuredRow[] {
    return this.#rows.filter(row => row.isExplainable && this.#isOpen(row));
  }

  async #whyRounds(): Promise<void> {
    for (let n = 0; n < WHY_ROUNDS; n++) {
      for (const row of shuffled(this.#explainable(), this.#random)) {
        if (!row.isMeasured || !this.#time.suffices(row.cost)) continue;
        this.#show(`${row.name}, why late`);
        await this.#attemptRow(row, process => row.explain(process, this.plan.seed + n));
      }
    }
  }

  async #untilLate(wanted: LateWanted): Promise<void> {
    const { rounds } = this.plan;
    for (; !this.#isStopped && (rounds === null || this.#round < rounds); this.#round++) {
      const rows = shuffled(this.#explainable(), this.#random);
      if (rows.length === 0) return;
      for (const row of rows) {
        if (!this.#time.suffices(row.cost)) return;
        this.#show(row.name);
        await this.#attemptRow(row, process => row.explain(process, this.plan.seed + this.#round, wanted));
        if (row.isExplained) return;
      }
    }
  }

  async #fetchReports(): Promise<void> {
    for (const row of this.#rows) await this.#attemptRow(row, process => row.fetchReport(process));
  }

  /** A strategy of a stranger that failed may break the contract: then its author is told which clause. */
  async #nameBrokenLaws(): Promise<void> {
    for (const subject of this.#failedStrangers) {
      const patience = Math.min(LAWS, this.#time.leftToMeasure);
      if (this.#interrupted || patience <= 0) return;
      this.#show(`testing the contract of ${subject.name}`);
      const broken = await brokenLaw(subject, this.#ended.signal, patience, this.#hung.has(subject));
      for (const row of this.#rows) if (row.subject === subject && broken !== undefined) row.addToFailure(broken);
    }
  }

  #isOpen(row: MeasuredRow): boolean {
    return !row.isFailed && this.#processes.has(row.subject);
  }

  async #attemptRow(row: MeasuredRow, work: (process: SubjectWork) => Promise<unknown>): Promise<void> {
    if (!this.#isOpen(row) || this.#isStopped) return;
    await this.#attempt(row.subject, () => work(this.#processes.get(row.subject)!), row);
  }

  /** The others go on without a subject that fails. @param at the row whose measurement it is */
  async #attempt(subject: SubjectInfo, work: () => Promise<unknown>, at?: MeasuredRow): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof OutOfTime || error instanceof SubjectError)) throw error;
      this.#processes.delete(subject);
      if (this.#interrupted) return;
      if (error instanceof NoAnswer) this.#hung.add(subject);
      for (const row of this.#rows.filter(each => each.subject === subject)) {
        if (error instanceof SubjectError) row.fail(error.message, at);
        else if (!row.isMeasured) row.leaveOut(`${error.message}: it hangs, or the machine is too busy`);
      }
    }
  }

  get #isStopped(): boolean {
    return this.#interrupted || this.#time.left <= 0;
  }

  #showRound(row: MeasuredRow, partOfRound: number, roundCost: Duration): void {
    const { rounds } = this.plan;
    this.#show(row.name, rounds === null ? Infinity : (rounds - this.#round - partOfRound) * roundCost);
  }

  /** @param byRounds how long the rounds will take that are left, if their number is limited */
  #show(doing: string, byRounds = Infinity): void {
    const left = Math.max(0, Math.min(byRounds, this.#time.leftToMeasure));
    const elapsed = this.#time.elapsed;
    if (left === Infinity) this.observer.progressed(0, doing, undefined);
    else this.observer.progressed(elapsed / (elapsed + left), doing, left);
  }
}

function someOf(what: string, rows: readonly MeasuredRow[]): string[] {
  const names = rows.slice(0, 5).map(({ name }) => name);
  return rows.length === 0 ? [] : [`${what}: ${names.join(', ')}${rows.length > 5 ? ', ...' : ''}`];
}

function rowsOf(planned: PlannedScenario, { subjects, isQuick }: RunPlan): MeasuredRow[] {
  const { measures = ['strategy', 'baseline', 'outside'] } = planned.scenario;
  const measured = subjects.filter(subject => measures.includes(subject.kind) && !planned.scenario.refuses?.(subject));
  return planned.settings.flatMap(setting =>
    measured.map(subject => new MeasuredRow(subject, planned, setting, isQuick)),
  );
}

async function twoAtATime<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all([worker(), worker()]);
}

const VERSION: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
