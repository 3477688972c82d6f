import type { Measurement } from '../../src/scenarios/scenario.js';
import type { MeasuredRound, RoundOrder } from './messages.js';
import { SCENARIOS } from './scenarios.js';
import { newSubject } from './subjects.js';

/** What no browser tells. */
const UNKNOWN = { runQueueMs: null, involuntarySwitches: null, stealMs: null, throttledMs: null, gcMs: null };

/** Measures rounds of one subject, in the thread that it is in. */
export class MeasuredSubject {
  readonly #rows = new Map<string, Measurement>();

  constructor(private readonly name: string) {}

  async round({ scenario, setting, budget, mostSamples, seed }: RoundOrder): Promise<MeasuredRound> {
    const measure = await this.#row(scenario, setting);
    let wallMs = 0;
    const measured = async (work: () => void | Promise<void>) => {
      const start = performance.now();
      await work();
      wallMs = performance.now() - start;
    };
    const found = await measure({ budget, mostSamples, seed, measured });
    return {
      wallMs: rounded(wallMs),
      cpuMs: null,
      samplesUs: Array.from(found.samplesUs, rounded),
      missed: found.missed ?? 0,
      figures: found.figures ?? {},
      disturbance: UNKNOWN,
    };
  }

  async #row(name: string, setting: number): Promise<Measurement> {
    const key = `${name} ${setting}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const scenario = SCENARIOS.find(each => each.name === name)!;
    const measurement = await scenario.prepare(newSubject(this.name), setting);
    this.#rows.set(key, measurement);
    return measurement;
  }
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
