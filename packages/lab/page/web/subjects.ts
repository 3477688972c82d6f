import * as escapement from 'escapement';
import { InstalledPolicy, type Policy, shippedPolicies } from '../../src/subjects/policy-subject.js';
import { type Strategy, strategiesIn } from '../../src/subjects/strategy.js';
import { LoopSubject } from '../../src/subjects/strategy-subject.js';
import { type BaselineSubject, defineBaseline, type Subject } from '../../src/subjects/subject.js';
import type { Offered } from './messages.js';

/** Which thread of the page a subject runs in. */
export type Place = 'page' | 'worker';

/** The waits that a page has without a loop. */
const BASELINES: readonly BaselineSubject[] = [
  defineBaseline('setTimeout by hand', 'yields', until => {
    return new Promise(resolve => setTimeout(resolve, until - performance.now()));
  }),
  defineBaseline('spin by hand', 'spins', until => {
    while (performance.now() < until);
  }),
];

/** What the thread that this runs in can run. The page must not be blocked, so there it is only what lets the browser run. */
export function offered(place: Place): Offered[] {
  const all: Offered[] = [
    ...strategies().map(({ alias, waits }) => ({ name: alias, kind: 'strategy', waits }) as const),
    ...shippedPolicies().map(({ alias }) => ({ name: alias, kind: 'policy', waits: null }) as const),
    ...BASELINES.map(({ name, kind, waits }) => ({ name, kind, waits })),
  ];
  return place === 'worker' ? all : all.filter(({ waits }) => waits === 'yields');
}

/** A new subject of that name, for one row. */
export function newSubject(name: string): Subject {
  const isNamed = ({ alias }: Strategy | Policy) => alias === name;
  const [strategy, policy] = [strategies().find(isNamed), shippedPolicies().find(isNamed)];
  if (strategy !== undefined) return new LoopSubject(strategy);
  if (policy !== undefined) return new InstalledPolicy(policy);
  return BASELINES.find(each => each.name === name)!;
}

/** Without those that need what this thread does not have. */
function strategies(): Strategy[] {
  return strategiesIn(escapement);
}
