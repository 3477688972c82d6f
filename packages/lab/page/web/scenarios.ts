import { lateness } from '../../src/scenarios/lateness.js';
import { metronome } from '../../src/scenarios/metronome.js';
import type { Scenario } from '../../src/scenarios/scenario.js';

export interface PlannedScenario {
  readonly scenario: Scenario;
  readonly settings: readonly number[];
  /** Of a round, in milliseconds. */
  readonly budget: number;
}

/** Of a round, in milliseconds. */
const MOST = 80;

export const SCENARIOS: readonly Scenario[] = [metronome, lateness];

/** A page makes its timers last 4 ms: shorter sleeps of many samples would take all the time. */
const WHOLE = { metronome: [100, 1000], lateness: [1, 5, 16.7] };
const QUICK = { metronome: [1000], lateness: [5] };

/** Short enough for the five rounds in a minute that an answer takes. */
export function planned(isQuick: boolean): PlannedScenario[] {
  const settings = isQuick ? QUICK : WHOLE;
  return SCENARIOS.map(scenario => ({
    scenario,
    settings: settings[scenario.name as keyof typeof settings],
    budget: Math.min(MOST, scenario.roundMs![isQuick ? 'quick' : 'whole']),
  }));
}
