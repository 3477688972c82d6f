import type { LoopModule, Waits } from 'escapement';
import type { SubjectInfo } from '../results/results.js';
import { scenariosIn } from '../scenarios/catalogue.js';
import type { Scenario } from '../scenarios/scenario.js';
import { BASELINES, baselinesIn } from '../subjects/baselines.js';
import { LIBRARIES } from '../subjects/libraries.js';
import { OUTSIDE } from '../subjects/outside.js';
import { InstalledPolicy, type Policy, policiesIn, shippedPolicies } from '../subjects/policy-subject.js';
import { type Strategy, shippedStrategies, strategiesIn, systemStrategies } from '../subjects/strategy.js';
import { LoopSubject } from '../subjects/strategy-subject.js';
import type { BaselineSubject, OutsideSubject, Subject } from '../subjects/subject.js';

/** What a module offers to the lab. */
export interface Offer {
  /** From its LoopModules that bind a SleepStrategy. */
  readonly strategies: readonly Strategy[];
  /** From its LoopModules that bind a SchedulingPolicy. */
  readonly policies: readonly Policy[];
  /** Other ways to wait. */
  readonly baselines: readonly (BaselineSubject | OutsideSubject)[];
  /** Things to measure. */
  readonly scenarios: readonly Scenario[];
}

/** The name under which the lab's own subjects and scenarios are found. */
export const BUILT_IN = '@escapement/lab';

/** What comes with the lab, or what the module at the URL `from` exports. */
export async function offerOf(from: string): Promise<Offer> {
  if (from === BUILT_IN) {
    return {
      strategies: [...shippedStrategies(), ...(await systemStrategies())],
      policies: shippedPolicies(),
      baselines: [...BASELINES, ...LIBRARIES, ...OUTSIDE],
      scenarios: [],
    };
  }
  const exports = (await import(from)) as object;
  return {
    strategies: strategiesIn(exports),
    policies: policiesIn(exports),
    baselines: baselinesIn(exports),
    scenarios: scenariosIn(exports),
  };
}

/** The subjects in an offer, as the results name them. */
export function subjectsOf({ strategies, policies, baselines }: Offer, from: string): SubjectInfo[] {
  return [
    ...strategies.map(({ alias, waits }) => info(alias, 'strategy', waits, from)),
    ...policies.map(({ alias }) => info(alias, 'policy', null, from)),
    ...baselines.map(({ name, kind, ...rest }) => info(name, kind, 'waits' in rest ? rest.waits : null, from)),
  ];
}

function info(name: string, kind: SubjectInfo['kind'], waits: Waits | null, from: string): SubjectInfo {
  return { name, kind, waits, from };
}

/**
 * A new subject for one row; undefined if the offer has none of that name.
 * @param extras what its loops get besides: instruments, for instance
 */
export function findSubject(
  { strategies, policies, baselines }: Offer,
  { name, kind }: SubjectInfo,
  extras: readonly LoopModule[] = [],
): Subject | undefined {
  const isNamed = ({ alias }: Strategy | Policy) => alias === name;
  if (kind === 'strategy') return strategies.filter(isNamed).map(each => new LoopSubject(each, extras))[0];
  if (kind === 'policy') return policies.filter(isNamed).map(each => new InstalledPolicy(each, extras))[0];
  return baselines.find(each => each.name === name);
}
