import { type Machine, type Results, type Row, SCHEMA, type Summary } from '@escapement/lab';
import { disturbance, roundOf } from './made-up-rounds.js';

/** A row as its summary shall be, in a few words. */
export interface RowWith {
  readonly name: string;
  readonly p50: number;
  /** How far the interval of p50 reaches to both sides; null: too few rounds. Default: 0.1. */
  readonly reach?: number | null;
  readonly p99?: number | null;
  readonly cpu?: number | null;
  readonly waits?: Row['subject']['waits'];
  readonly kind?: Row['subject']['kind'];
  readonly setting?: number;
  readonly early?: number;
  readonly missed?: number;
  readonly count?: number;
  /** The share of rounds that the machine held up. */
  readonly hit?: number;
  readonly figures?: Summary['figures'];
  readonly failure?: string;
  readonly report?: readonly string[];
}

export const QUIET_MACHINE: Machine = {
  node: 'v20.20.0',
  cpu: 'Abacus 1',
  cores: 2,
  os: 'Linux 6.8.0 x64',
  load: 0.1,
  schedulingClass: 'SCHED_OTHER',
  timerSlackNs: 50_000,
  governor: 'performance',
  coreLimit: null,
  clockNs: 40,
  floorUs: 0.1,
};

const SCENARIOS = {
  metronome: { title: 'Ticks', parameter: 'rate', unit: 'Hz', setting: 1000 },
  lateness: { title: 'Sleeps', parameter: 'sleep', unit: 'ms', setting: 5 },
  policies: { title: 'Workloads', parameter: 'load', unit: '%', setting: 80 },
};

/** Results of one scenario with these rows. */
export function resultsWith(
  rows: readonly RowWith[],
  { scenario = 'metronome', ...changes }: Partial<Results> & { readonly scenario?: keyof typeof SCENARIOS } = {},
): Results {
  const { setting, ...heading } = SCENARIOS[scenario];
  return {
    schema: SCHEMA,
    lab: '0.1.0',
    date: '2026-11-27T12:00:00.000Z',
    partial: null,
    machine: QUIET_MACHINE,
    parameters: { seed: 1, rounds: null, untilLateMs: null, timeLimitMs: 60_000 },
    scenarios: [
      {
        ...heading,
        name: scenario,
        samples: 'lateness',
        explanation: '',
        rows: rows.map(row => rowWith({ setting, ...row }, heading.unit)),
      },
    ],
    ...changes,
  };
}

function rowWith(row: RowWith & { readonly setting: number }, unit: string): Row {
  const { name, kind = 'strategy', waits = 'blocks', setting, failure = null, report } = row;
  return {
    subject: { name, kind, waits, from: '@escapement/lab' },
    setting,
    label: `${setting} ${unit}`,
    cold: null,
    rounds: [roundOf([row.p50])],
    summary: summaryWith(row),
    failure,
    ...(report && { report }),
  };
}

function summaryWith(row: RowWith): Summary {
  const { p50, reach = 0.1, p99 = null, cpu = 5, early = 0, missed = 0, count = 5000, hit = 0, figures = {} } = row;
  return {
    count,
    early,
    missed,
    us: {
      min: p50 / 2,
      p50: { value: p50, interval: reach === null ? null : [p50 - reach, p50 + reach] },
      p90: { value: p50 * 2, interval: null },
      p99: p99 === null ? null : { value: p99, interval: [p99 / 2, p99 * 2] },
      'p99.9': null,
      max: (p99 ?? p50) * 4,
    },
    roundMediansUs: [p50],
    cpuPercent: cpu,
    cpuUsPerSample: cpu === null ? null : cpu * 10,
    coldP50Us: p50 * 3,
    disturbance: {
      ...disturbance(hit > 0 ? { runQueueMs: 12, involuntarySwitches: 30, stealMs: 10 } : {}),
      roundsHit: hit,
    },
    figures,
  };
}
