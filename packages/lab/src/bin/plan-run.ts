import { randomInt } from 'node:crypto';
import type { Duration } from 'escapement';
import { BUILT_IN, type Offer } from '../measuring/offer.js';
import type { PlannedScenario, RunPlan } from '../measuring/run-plan.js';
import { DEFAULT_SCENARIOS, SCENARIOS } from '../scenarios/catalogue.js';
import type { Scenario } from '../scenarios/scenario.js';
import { UsageError } from '../usage-error.js';
import type { RunOptions } from './command-line.js';
import { type LoadedModule, loadModules, selectSubjects } from './select-subjects.js';
import { unknownName } from './unknown-name.js';

/** For all of a run, in milliseconds: what is left of 60 and 15 seconds is for the start of Node and the report. */
const TIME_LIMIT = { whole: 57_000, quick: 13_500 };

/** For a module to load. In milliseconds, as what follows. */
const PATIENCE: Duration = 30_000;
/** What the limits above leave for the start of Node. On a busy machine it takes longer, which leaves less to measure. */
const USUAL_START: Duration = 700;

/**
 * Decides what to measure, and for how long.
 *
 * @throws UsageError
 */
export async function planRun(options: RunOptions): Promise<RunPlan> {
  const { quick = false, rounds = null, seed = randomInt(1_000_000) } = options;
  const timeLimit = timeLimitOf(options);
  const modules = await loadModules(options.module, Math.min(PATIENCE, timeLimit ?? Infinity));
  return {
    ...(await selectSubjects(options, modules)),
    scenarios: planScenarios(options, modules),
    seed,
    rounds,
    why: options.why === true && options.untilLate === undefined,
    untilLate: options.untilLate ?? null,
    timeLimit,
    timeSpent: Math.max(0, performance.now() - USUAL_START),
    isQuick: quick,
  };
}

/** `--quick` is quick whatever else is asked for. */
function timeLimitOf({ quick, time, rounds }: RunOptions): Duration | null {
  if (quick) return Math.min(TIME_LIMIT.quick, time === undefined ? Infinity : time * 1000);
  if (time !== undefined) return time * 1000;
  return rounds === undefined ? TIME_LIMIT.whole : null;
}

interface KnownScenario {
  readonly scenario: Scenario;
  readonly from: string;
}

function planScenarios(options: RunOptions, modules: readonly LoadedModule[]): PlannedScenario[] {
  const known = [
    ...SCENARIOS.map(scenario => ({ scenario, from: BUILT_IN })),
    ...modules.flatMap(({ from, offer }) => offer.scenarios.map(scenario => ({ scenario, from }))),
  ];
  const settings = settingsIn(options);
  const added = modules.flatMap(({ offer }) => addedBy(offer));
  // Settings for one scenario ask for that scenario.
  const asked = options.scenario ?? (settings.size > 0 ? [...settings.keys()] : [...DEFAULT_SCENARIOS, ...added]);
  for (const name of settings.keys()) {
    if (!asked.includes(name)) throw new UsageError(`there are settings for ${name}, which --scenario does not name.`);
  }
  return [...new Set(asked)].map(name => {
    const { scenario, from } = findScenario(name, known);
    return { scenario, from, settings: settingsFor(scenario, settings.get(name), options.quick) };
  });
}

/** What a module is for if no scenario is asked for. */
function addedBy({ scenarios, policies }: Offer): string[] {
  return [...scenarios.map(({ name }) => name), ...(policies.length > 0 ? ['policies'] : [])];
}

function settingsIn({ rate, sleep, set = [] }: RunOptions): Map<string, readonly number[]> {
  const settings = new Map<string, readonly number[]>(set.map(({ scenario, values }) => [scenario, values]));
  if (rate) settings.set('metronome', rate);
  if (sleep) settings.set('lateness', sleep);
  return settings;
}

function findScenario(name: string, known: readonly KnownScenario[]): KnownScenario {
  const found = known.find(({ scenario }) => scenario.name === name);
  if (found !== undefined) return found;
  const names = known.map(({ scenario }) => scenario.name);
  throw unknownName('--scenario', name, names, 'Add your own with --module.');
}

function settingsFor({ name, parameter }: Scenario, given: readonly number[] | undefined, isQuick?: boolean) {
  for (const value of given ?? []) {
    const wrong = parameter.check(value);
    if (wrong !== undefined) throw new UsageError(`${name} with ${parameter.name} ${value}: ${wrong}.`);
  }
  return given ?? (isQuick ? parameter.quick : parameter.values);
}
