import {
  type Disturbance,
  type LateTick,
  type Results,
  type Round,
  type Row,
  SCHEMA,
  type ScenarioResults,
  type SubjectInfo,
} from '@escapement/lab';
import { type Random, seededRandom, summarize } from '@escapement/lab/internal';

/** How a made-up subject behaves. */
interface Character extends SubjectInfo {
  /** Microseconds. */
  readonly late: (setting: Setting) => number;
  /** The logarithms scatter that far. */
  readonly scatter: number;
  /** Per cent of a core. */
  readonly cpu: (setting: Setting) => number;
}

/** What is varied, and how long one period of it is. */
interface Setting {
  readonly value: number;
  readonly periodMs: number;
}

export interface MadeUpOptions {
  readonly seed?: number;
  readonly rounds?: number;
  readonly samples?: number;
  /** Rows of the metronome at 1 kHz say why they were late. */
  readonly why?: boolean;
}

const ours = { kind: 'strategy', from: '@escapement/strategies' } as const;
const byHand = { kind: 'baseline', waits: null, from: '@escapement/lab' } as const;
const costOfWakes = (perWake: number) => (setting: Setting) => Math.min(99.6, perWake / setting.periodMs / 10);

const CHARACTERS: readonly Character[] = [
  { ...ours, name: 'busy-wait', waits: 'spins', late: () => 1.1, scatter: 0.3, cpu: () => 99.4 },
  {
    ...ours,
    name: 'hybrid',
    waits: 'blocks',
    late: ({ periodMs }) => 2 + periodMs,
    scatter: 0.45,
    cpu: costOfWakes(88),
  },
  {
    ...ours,
    name: 'hybrid slack=1',
    waits: 'blocks',
    late: ({ periodMs }) => 1.9 + periodMs / 2,
    scatter: 0.4,
    cpu: costOfWakes(61),
  },
  { ...ours, name: 'atomics-wait', waits: 'blocks', late: () => 99, scatter: 0.25, cpu: costOfWakes(38) },
  { ...ours, name: 'atomics-wait slack=1', waits: 'blocks', late: () => 34, scatter: 0.3, cpu: costOfWakes(36) },
  {
    ...ours,
    name: 'epoll',
    waits: 'blocks',
    late: () => 118,
    scatter: 0.3,
    cpu: costOfWakes(45),
    from: '@escapement/io',
  },
  { ...ours, name: 'set-timeout', waits: 'yields', late: () => 589, scatter: 0.5, cpu: costOfWakes(60) },
  {
    ...ours,
    name: 'precise-timeout',
    waits: 'yields',
    late: ({ periodMs }) => 3.5 + periodMs / 10,
    scatter: 0.5,
    cpu: ({ periodMs }) => Math.min(98, 130 / periodMs + 10),
  },
  { ...ours, name: 'set-immediate', waits: 'yields', late: () => 2.4, scatter: 0.6, cpu: () => 99.8 },
  { ...ours, name: 'phased', waits: 'spins', late: () => 54, scatter: 0.7, cpu: costOfWakes(210) },
  { ...byHand, name: 'Node setTimeout', late: () => 560, scatter: 0.5, cpu: costOfWakes(48) },
  { ...byHand, name: 'timers/promises', late: () => 575, scatter: 0.5, cpu: costOfWakes(52) },
  { ...byHand, name: 'spin by hand', late: () => 0.2, scatter: 0.4, cpu: () => 99.9 },
  { ...byHand, name: 'Atomics.wait by hand', late: () => 92, scatter: 0.25, cpu: costOfWakes(33) },
  {
    name: 'C clock_nanosleep',
    kind: 'outside',
    waits: 'blocks',
    from: 'cc',
    late: () => 58,
    scatter: 0.2,
    cpu: costOfWakes(9),
  },
];

/** Results as of a real run, the same for the same seed. */
export function madeUpResults({ seed = 1, rounds = 7, samples = 150, why = false }: MadeUpOptions = {}): Results {
  const random = seededRandom(seed);
  const make = new MadeUp(random, rounds, samples);
  const metronome = make.scenario({
    name: 'metronome',
    title: 'Ticks on a schedule that is fixed beforehand (open loop)',
    parameter: 'rate',
    unit: 'Hz',
    explanation:
      'Lateness counts from the schedule: a tick that is held up also delays those behind it, as in a product. A tick is missed if it is over only when the next one is due.',
    settings: [100, 1000].map(value => ({ value, periodMs: 1000 / value })),
  });
  const lateness = make.scenario({
    name: 'lateness',
    title: 'Sleeps one after the other (closed loop)',
    parameter: 'sleep',
    unit: 'ms',
    explanation:
      'Each sleep starts when the one before has ended, so what holds up one sleep is forgotten by the next. It shows the wait itself; for what a user gets, see the metronome.',
    settings: [0.1, 1, 5, 16.7].map(value => ({ value, periodMs: value })),
  });
  return {
    schema: SCHEMA,
    lab: '0.1.0',
    date: '2026-11-27T13:30:00.000Z',
    partial: null,
    machine: {
      node: 'v20.19.5',
      cpu: 'AMD EPYC 7B13',
      cores: 2,
      os: 'Linux 6.8.0 x64',
      load: 0.42,
      schedulingClass: 'SCHED_OTHER',
      timerSlackNs: 50_000,
      governor: 'performance',
      coreLimit: null,
      clockNs: 41.2,
      floorUs: 0.18,
    },
    parameters: { seed, rounds, timeLimitMs: 60_000, untilLateMs: null },
    scenarios: [why ? { ...metronome, rows: metronome.rows.map(row => make.explained(row)) } : metronome, lateness],
  };
}

type Heading = Omit<ScenarioResults, 'rows' | 'samples'> & { readonly settings: readonly Setting[] };

class MadeUp {
  /** Milliseconds since the run began. */
  #now = 3000;

  constructor(
    private readonly random: Random,
    private readonly rounds: number,
    private readonly samples: number,
  ) {}

  scenario({ settings, ...heading }: Heading): ScenarioResults {
    const rows = settings.flatMap(setting =>
      CHARACTERS.map(character => ({ character, setting, rounds: [] as Round[] })),
    );
    for (let round = 0; round < this.rounds; round++) {
      const isHeldUp = this.random() < 0.2;
      for (const row of rows) row.rounds.push(this.#round(row.character, row.setting, round, isHeldUp));
    }
    return {
      ...heading,
      samples: 'lateness',
      rows: rows.map(({ character, setting, rounds }) => this.#row(character, setting, rounds, heading.unit)),
    };
  }

  #row(character: Character, { value, periodMs }: Setting, rounds: readonly Round[], unit: string): Row {
    const { name, kind, waits, from } = character;
    const slow = { ...character, late: () => character.late({ value, periodMs }) * 3 };
    const cold = { ...this.#round(slow, { value, periodMs }, 0, false), round: 0 };
    const shared = { subject: { name, kind, waits, from }, setting: value, label: `${value} ${unit}` };
    if (name === 'C clock_nanosleep' && value === 0.1) {
      return {
        ...shared,
        cold: null,
        rounds: [],
        summary: null,
        failure: 'cc: no such file or directory. Install a C compiler.',
      };
    }
    const report = name.startsWith('hybrid')
      ? [`naps until ${Math.round(80 + this.random() * 60)} us before the deadline`, 'every goal can be met here']
      : undefined;
    return { ...shared, cold, rounds, summary: summarize(rounds, cold), failure: null, ...(report && { report }) };
  }

  #round(character: Character, setting: Setting, round: number, isHeldUp: boolean): Round {
    const count = Math.max(3, Math.min(this.samples, Math.ceil(150 / setting.periodMs)));
    const median = character.late(setting) * Math.exp(this.#normal() * 0.09);
    const samplesUs = Array.from({ length: count }, () => this.#sample(median, character.scatter, isHeldUp));
    const wallMs = count * setting.periodMs;
    const at = this.#now;
    this.#now += wallMs + 5;
    const cpuMs = (wallMs * character.cpu(setting) * (1 + this.#normal() * 0.04)) / 100;
    return {
      round,
      at,
      wallMs,
      cpuMs: Math.max(0, Number(cpuMs.toFixed(3))),
      samplesUs,
      missed: samplesUs.filter(us => us >= setting.periodMs * 1000).length,
      figures: {},
      disturbance: this.#disturbance(isHeldUp, wallMs),
    };
  }

  /** A lognormal body, and now and then the scheduler's stall. */
  #sample(median: number, scatter: number, isHeldUp: boolean): number {
    const stalls = this.random() < (isHeldUp ? 0.06 : 0.006);
    const stall = stalls ? 40 * Math.exp(Math.abs(this.#normal()) * 1.9) : 0;
    return Number((median * Math.exp(this.#normal() * scatter) + stall).toFixed(3));
  }

  #disturbance(isHeldUp: boolean, wallMs: number): Disturbance {
    return {
      runQueueMs: Number((isHeldUp ? wallMs * 0.05 * (1 + this.random()) : 0.02 * this.random()).toFixed(3)),
      involuntarySwitches: Math.floor(this.random() * (isHeldUp ? 40 : 3)),
      stealMs: isHeldUp && this.random() < 0.5 ? 10 : 0,
      throttledMs: 0,
      gcMs: this.random() < 0.1 ? 1.4 : 0,
    };
  }

  explained(row: Row): Row {
    if (row.subject.kind !== 'strategy' || row.summary === null) return row;
    const late = row.rounds
      .flatMap(round => round.samplesUs)
      .sort((a, b) => b - a)
      .slice(0, 20);
    const ticks = late.map(lateUs => this.#lateTick(lateUs));
    return { ...row, why: { ticks: 400, beyondUs: ticks.at(-1)!.lateUs, late: ticks, disturbance: null } };
  }

  #lateTick(lateUs: number): LateTick {
    const machineUs = lateUs * this.random() * 0.4;
    const gcUs = lateUs * 0.1;
    const ownUs = this.random() < 0.2 ? lateUs * 0.1 : 0;
    const rest = lateUs - machineUs - gcUs - ownUs;
    const strategyUs = rest * (0.5 + this.random() * 0.4);
    const handlerUs = (rest - strategyUs) * 0.2;
    const queueUs = rest - strategyUs - handlerUs;
    return {
      at: this.random() * 100,
      task: 'main',
      lateUs,
      ownUs,
      strategyUs,
      handlerUs,
      queueUs,
      gcUs,
      machineUs,
      after: null,
      ran: [],
    };
  }

  /** Box and Muller. */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random());
  }
}
