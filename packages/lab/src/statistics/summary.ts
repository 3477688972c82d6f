import type { Disturbance, Round, Summary } from '../results/results.js';
import { quantileOf, quantilesOf } from './quantiles.js';

/** A round is hit if the machine kept it from running for this share of its time: then more than the far tail is its doing. */
const HIT = 0.01;

/**
 * What the rounds of a row say together. Needs no Node: it runs in a page, too.
 *
 * @param cold the samples of a process that had just started; they count in `coldP50Us` only
 * @returns null if there are no samples
 */
export function summarize(rounds: readonly Round[], cold: Round | null): Summary | null {
  const filled = rounds.filter(({ samplesUs }) => samplesUs.length > 0);
  if (filled.length === 0) return null;
  const samples = filled.map(({ samplesUs }) => samplesUs);
  const count = sum(samples.map(({ length }) => length));
  const cpuMs = sumIfTold(rounds.map(round => round.cpuMs));
  return {
    count,
    early: sum(samples.map(each => each.filter(sample => sample < 0).length)),
    missed: sum(rounds.map(({ missed }) => missed)),
    us: quantiles(samples),
    roundMediansUs: samples.map(medianOf),
    cpuPercent: cpuMs === null ? null : (100 * cpuMs) / sum(rounds.map(({ wallMs }) => wallMs)),
    cpuUsPerSample: cpuMs === null ? null : (1000 * cpuMs) / count,
    coldP50Us: cold === null || cold.samplesUs.length === 0 ? null : medianOf(cold.samplesUs),
    disturbance: { ...disturbanceOf(rounds), roundsHit: rounds.filter(isHit).length / rounds.length },
    figures: meanFigures(rounds),
  };
}

/**
 * Whether the machine kept a round from running for at least 1 % of its time: it waited for a core, the hypervisor ran
 * something else, or the control group was out of its share. False if the host does not tell.
 */
export function isHit({ disturbance, wallMs }: Round): boolean {
  const { runQueueMs, stealMs, throttledMs } = disturbance;
  return (runQueueMs ?? 0) + (stealMs ?? 0) + (throttledMs ?? 0) >= HIT * wallMs;
}

/** The value in the middle of at least one; the mean of two if their number is even. */
export function medianOf(values: readonly number[]): number {
  return quantileOf(Float64Array.from(values).sort(), 0.5);
}

function quantiles(samples: readonly (readonly number[])[]): Summary['us'] {
  const [p50, p90, p99, p999] = quantilesOf(samples, [0.5, 0.9, 0.99, 0.999]);
  return {
    min: samples.reduce((least, each) => each.reduce((a, b) => Math.min(a, b), least), Infinity),
    max: samples.reduce((most, each) => each.reduce((a, b) => Math.max(a, b), most), -Infinity),
    p50: p50!,
    p90: p90!,
    p99: p99!,
    'p99.9': p999!,
  };
}

function disturbanceOf(rounds: readonly Round[]): Disturbance {
  const total = (what: keyof Disturbance) => sumIfTold(rounds.map(({ disturbance }) => disturbance[what]));
  return {
    runQueueMs: total('runQueueMs'),
    involuntarySwitches: total('involuntarySwitches'),
    stealMs: total('stealMs'),
    throttledMs: total('throttledMs'),
    gcMs: total('gcMs'),
  };
}

function meanFigures(rounds: readonly Round[]): Record<string, number> {
  const names = new Set(rounds.flatMap(({ figures }) => Object.keys(figures)));
  return Object.fromEntries(
    [...names].map(name => {
      const values = rounds.flatMap(({ figures }) => figures[name] ?? []);
      return [name, sum(values) / values.length];
    }),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Null if the host did not tell all of them. */
function sumIfTold(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : sum(values as number[]);
}
