import type { Disturbance, Round } from '@escapement/lab';
import type { Random } from '@escapement/lab/internal';

const CALM: Disturbance = { runQueueMs: 0, involuntarySwitches: 0, stealMs: 0, throttledMs: 0, gcMs: 0 };

/** A round of which only the samples matter. */
export function roundOf(samplesUs: readonly number[], changes: Partial<Round> = {}): Round {
  return {
    round: 0,
    at: 0,
    wallMs: 100,
    cpuMs: 10,
    samplesUs,
    missed: 0,
    figures: {},
    disturbance: CALM,
    ...changes,
  };
}

/** A disturbance of which only some parts matter. */
export function disturbance(changes: Partial<Disturbance>): Disturbance {
  return { ...CALM, ...changes };
}

/** Normal figures with mean 0 and deviation 1 (Box and Muller). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
