import * as escapement from 'escapement';
import { type Strategy, strategiesIn } from '../../src/subjects/strategy.js';
import { LoopSubject } from '../../src/subjects/strategy-subject.js';
import { type BaselineSubject, defineBaseline, type Subject } from '../../src/subjects/subject.js';

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

type Offered = Strategy | BaselineSubject;

/** What this thread can run. The page itself must not be blocked, so there it is only what lets the browser run. */
export function offered(place: Place): Offered[] {
  const all = [...strategiesIn(escapement), ...BASELINES];
  return place === 'worker' ? all : all.filter(({ waits }) => waits === 'yields');
}

export function nameOf(subject: Offered): string {
  return 'alias' in subject ? subject.alias : subject.name;
}

/** Why it cannot run here; null if it can. */
export function hindrance({ waits }: Offered): string | null {
  if (waits !== 'blocks' || typeof SharedArrayBuffer === 'function') return null;
  return 'It blocks in Atomics.wait, which takes shared memory: only a page that is cross-origin isolated has that.';
}

/** A new subject of that name, for one row. */
export function newSubject(name: string, place: Place): Subject {
  const found = offered(place).find(each => nameOf(each) === name)!;
  return 'alias' in found ? new LoopSubject(found) : found;
}
