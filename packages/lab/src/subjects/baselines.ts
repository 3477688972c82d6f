import { setTimeout as timeout } from 'node:timers/promises';
import { TimerSlack } from 'escapement';
import { type BaselineSubject, defineBaseline } from './subject.js';

const word = new Int32Array(new SharedArrayBuffer(4));

const atomicsWait = defineBaseline('Atomics.wait by hand', 'blocks', until => {
  for (let left = until - performance.now(); left > 0; left = until - performance.now()) {
    Atomics.wait(word, 0, 0, left);
  }
});

/** What the host offers without a loop, and the same waits as strategies have, written by hand. */
export const BASELINES: readonly BaselineSubject[] = [
  defineBaseline('spin by hand', 'spins', until => {
    while (performance.now() < until);
  }),
  atomicsWait,
  {
    ...atomicsWait,
    name: `${atomicsWait.name}, slack 1`,
    lacks: () => (process.platform === 'linux' ? undefined : 'Linux'),
    async around(work) {
      const slack = new TimerSlack('a baseline', { slack: 1 });
      slack.begin();
      try {
        await work();
      } finally {
        slack.end();
      }
    },
  },
  defineBaseline(
    'Node setTimeout',
    'yields',
    until => new Promise(resolve => setTimeout(resolve, until - performance.now())),
  ),
  defineBaseline('Node timers/promises', 'yields', until => timeout(until - performance.now())),
  defineBaseline(
    'Node setImmediate',
    'yields',
    until =>
      new Promise(resolve => {
        function look(): void {
          if (performance.now() >= until) resolve();
          else setImmediate(look);
        }
        look();
      }),
  ),
];

/** What is compared if nothing else is asked for: the best and the plainest that can be had without a loop. */
export const DEFAULT_BASELINES: readonly string[] = ['spin by hand', 'Atomics.wait by hand', 'Node setTimeout'];

/** Every baseline among the exports of a module. */
export function baselinesIn(exports: object): BaselineSubject[] {
  return [...new Set(Object.values(exports))].filter(isBaseline);
}

function isBaseline(value: unknown): value is BaselineSubject {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'baseline';
}
