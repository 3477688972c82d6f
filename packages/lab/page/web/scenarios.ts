import { busy } from '../../src/scenarios/busy.js';
import { crowd } from '../../src/scenarios/crowd.js';
import { lateness } from '../../src/scenarios/lateness.js';
import { metronome } from '../../src/scenarios/metronome.js';
import { policies } from '../../src/scenarios/policies.js';
import type { Scenario } from '../../src/scenarios/scenario.js';
import { wakeup } from '../../src/scenarios/wakeup.js';
import type { Offered } from './messages.js';
import type { Place } from './subjects.js';

export interface PlannedScenario {
  readonly scenario: Scenario;
  readonly settings: readonly number[];
  /** Of a round, in milliseconds. */
  readonly budget: number;
}

/** What a visitor can choose to measure. */
export interface Choice {
  readonly text: string;
  readonly scenarios: readonly Scenario[];
  /** It works only where the page is cross-origin isolated. Default: anywhere. */
  readonly needsIsolation?: boolean;
}

/** By their names; the first is what is measured if nothing else is chosen. */
export const CHOICES: Readonly<Record<string, Choice>> = {
  ticks: { text: 'ticks and sleeps', scenarios: [metronome, lateness] },
  crowd: { text: 'many sleepers at once', scenarios: [crowd] },
  busy: { text: 'ticks beside tasks that compute', scenarios: [busy] },
  wakeup: { text: 'wakeups by another thread', scenarios: [wakeup], needsIsolation: true },
  policies: { text: 'scheduling policies, in virtual time', scenarios: [policies] },
};

export const SCENARIOS: readonly Scenario[] = Object.values(CHOICES).flatMap(({ scenarios }) => scenarios);

/** Of a round, in milliseconds. */
const MOST = 80;

/** A page makes its timers last 4 ms: shorter sleeps of many samples would take all the time. */
const WHOLE: Readonly<Record<string, readonly number[]>> = { lateness: [1, 5, 16.7], crowd: [10, 1000, 10_000] };
const QUICK: Readonly<Record<string, readonly number[]>> = { lateness: [5] };

/** Short enough for the five rounds in a minute that an answer takes. */
export function planned({ scenarios }: Choice, isQuick: boolean): PlannedScenario[] {
  return scenarios.map(scenario => {
    const { name, parameter, roundMs } = scenario;
    const own = isQuick ? QUICK[name] : WHOLE[name];
    return {
      scenario,
      settings: own ?? (isQuick ? parameter.quick : parameter.values),
      budget: Math.min(MOST, roundMs?.[isQuick ? 'quick' : 'whole'] ?? MOST),
    };
  });
}

/** Whether a scenario measures this subject there. */
export function measures(scenario: Scenario, subject: Offered, place: Place): boolean {
  // The thread that rings ends with the worker that has started it, but not with a run in the page.
  if (scenario === wakeup && place === 'page') return false;
  // In real time, the loops of policies wait by `Atomics.wait`.
  if (subject.kind === 'policy' && scenario !== policies && !crossOriginIsolated) return false;
  const { measures = ['strategy', 'baseline'] } = scenario;
  return measures.includes(subject.kind) && scenario.refuses?.(subject) === undefined;
}
