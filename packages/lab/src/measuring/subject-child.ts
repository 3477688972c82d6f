import type { LoopModule } from 'escapement';
import type { SubjectInfo } from '../results/results.js';
import { SCENARIOS } from '../scenarios/catalogue.js';
import type { Measurement, Scenario } from '../scenarios/scenario.js';
import type { Subject } from '../subjects/subject.js';
import { type LateWanted } from '../why/late-recorder.js';
import { whatFailed } from './failure-text.js';
import { LateRecorders } from './late-recorders.js';
import type { Answer, MeasuredRound, Order, RoundOrder, RowReport } from './messages.js';
import { Meter } from './meter.js';
import { BUILT_IN, findSubject, type Offer, offerOf } from './offer.js';

/** One subject at one setting. */
interface PreparedRow {
  readonly subject: Subject;
  readonly measurement: Measurement;
  readonly recorders: LateRecorders | undefined;
}

/** What the system tells of this process, which does not do the work of a program outside. */
const UNKNOWN_OUTSIDE = { runQueueMs: null, involuntarySwitches: null, gcMs: null };

/** The subject that this process measures. */
class MeasuredSubject {
  readonly #rows = new Map<string, PreparedRow>();
  readonly #meter = new Meter();

  constructor(
    private readonly info: SubjectInfo,
    private readonly offer: Offer,
    private readonly scenarios: ReadonlyMap<string, Scenario>,
  ) {}

  static async load({ subject, scenarios }: Extract<Order, { do: 'load' }>): Promise<MeasuredSubject> {
    const found = new Map<string, Scenario>();
    for (const { name, from } of scenarios) found.set(name, await scenarioOf(name, from));
    return new MeasuredSubject(subject, await offerOf(subject.from), found);
  }

  async round({ scenario, setting, budget, mostSamples, seed, late }: RoundOrder): Promise<MeasuredRound> {
    const { measurement, recorders } = await this.#row(scenario, setting, late);
    const meter = this.#meter;
    const found = await measurement({ budget, mostSamples, seed, measured: work => meter.measure(work) });
    const { wallMs, cpuMs, disturbance, pauses, begin } = meter.take();
    const isOutside = found.cpuMs !== undefined;
    return {
      wallMs: rounded(wallMs),
      cpuMs: isOutside ? (found.cpuMs ?? null) : rounded(cpuMs),
      samplesUs: Array.from(found.samplesUs, rounded),
      missed: found.missed ?? 0,
      figures: found.figures ?? {},
      disturbance: isOutside ? { ...disturbance, ...UNKNOWN_OUTSIDE } : disturbance,
      ...(recorders && { late: recorders.take(pauses, begin) }),
    };
  }

  async report(scenario: string, setting: number): Promise<RowReport> {
    const { subject } = await this.#row(scenario, setting);
    const lines = subject.kind === 'strategy' ? subject.report() : undefined;
    return lines === undefined ? {} : { lines };
  }

  /** With recorders, it is a row of its own: they cost. */
  async #row(scenario: string, setting: number, late?: LateWanted): Promise<PreparedRow> {
    const key = `${scenario} ${setting}${late === undefined ? '' : ' late'}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const recorders = late && new LateRecorders(late);
    const subject = this.#newSubject(recorders && [recorders.module]);
    const row = { subject, recorders, measurement: await this.scenarios.get(scenario)!.prepare(subject, setting) };
    this.#rows.set(key, row);
    return row;
  }

  #newSubject(extras: readonly LoopModule[] = []): Subject {
    const subject = findSubject(this.offer, this.info, extras);
    if (subject === undefined) throw new Error(`${this.info.from} no longer exports ${this.info.name}.`);
    return subject;
  }
}

async function scenarioOf(name: string, from: string): Promise<Scenario> {
  const scenarios = from === BUILT_IN ? SCENARIOS : (await offerOf(from)).scenarios;
  return scenarios.find(each => each.name === name)!;
}

/** To a nanosecond, if it is in microseconds: more digits only make the file longer. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

let measured: MeasuredSubject | undefined;

async function obey(order: Order): Promise<Answer> {
  switch (order.do) {
    case 'load':
      measured = await MeasuredSubject.load(order);
      return { loaded: true };
    case 'round':
      return { round: await measured!.round(order) };
    case 'report':
      return { report: await measured!.report(order.scenario, order.setting) };
  }
}

// Ctrl-C reaches every process of the terminal. The lab ends this one when it has saved what there is.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
/** Thrown outside of any call of ours: in a timer or a promise of the subject, for instance. It may be in a bad state now. */
process.on('uncaughtException', error => {
  process.send!({ failed: whatFailed(error) }, () => process.exit(1));
});
process.on('message', (order: Order) => {
  obey(order)
    .catch(error => ({ failed: whatFailed(error) }))
    .then(answer => process.send!(answer));
});
