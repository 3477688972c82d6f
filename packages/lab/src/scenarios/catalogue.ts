import { busy } from './busy.js';
import { crowd } from './crowd.js';
import { hostTimer } from './host-timer.js';
import { io } from './io.js';
import { lateness } from './lateness.js';
import { metronome } from './metronome.js';
import { policies } from './policies.js';
import type { Scenario } from './scenario.js';
import { wakeup } from './wakeup.js';

/** The scenarios of the lab, those of the default run first. */
export const SCENARIOS: readonly Scenario[] = [metronome, lateness, crowd, busy, wakeup, policies, io, hostTimer];

/** What runs if no scenario is asked for. */
export const DEFAULT_SCENARIOS: readonly string[] = ['metronome', 'lateness'];

/** Every scenario among the exports of a module. */
export function scenariosIn(exports: object): Scenario[] {
  return [...new Set(Object.values(exports))].filter(isScenario);
}

function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'scenario';
}
