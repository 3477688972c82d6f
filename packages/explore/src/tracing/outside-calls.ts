import type { InStack } from '@escapement/core';
import type { OutsideCall } from './divergence.js';
import { callerOn } from './frames.js';
import type { Patches } from './patches.js';

const MOST_CALLS = 20;

/** What is not the same in each run. Functions of a global object; `''` is the global object itself. */
const WATCHED: readonly (readonly [owner: string, method: string])[] = [
  ['Math', 'random'],
  ['Date', 'now'],
  ['performance', 'now'],
  ['process', 'hrtime'],
  ['process.hrtime', 'bigint'],
  ['crypto', 'randomUUID'],
  ['crypto', 'getRandomValues'],
  ['', 'setTimeout'],
  ['', 'setInterval'],
  ['', 'setImmediate'],
];

/** Notes which tasks call the host's random numbers, clocks and timers during their steps. */
export class OutsideCalls {
  readonly calls: OutsideCall[] = [];

  /** @param present the step that goes on; undefined between steps, when these packages and the host may call them */
  constructor(private readonly present: () => { readonly task: string; readonly step: number } | undefined) {}

  install(patches: Patches): void {
    const note = (what: string, below: InStack) => this.#note(what, below);
    for (const [owner, method] of WATCHED) {
      const what = owner === '' ? method : `${owner}.${method}`;
      // A proxy has the properties of the function, too: `setTimeout` and `process.hrtime` have some.
      const watched = (original: (...args: unknown[]) => unknown) =>
        new Proxy(original, {
          apply: function apply(target, self, args) {
            note(what, apply);
            return Reflect.apply(target, self, args);
          },
        });
      patches.replace(globalObject(owner), method, watched);
    }
    patches.replace(globalThis, 'Date', (original: DateConstructor) => {
      return new Proxy(original, {
        apply: function apply(target, self, args) {
          note('Date()', apply);
          return Reflect.apply(target, self, args);
        },
        construct: function construct(target, args, newTarget) {
          if (args.length === 0) note('new Date()', construct);
          return Reflect.construct(target, args, newTarget);
        },
      });
    });
  }

  /** @param below the function that was called instead: the stack begins with its caller */
  #note(what: string, below: InStack): void {
    const present = this.present();
    if (present === undefined || this.calls.length >= MOST_CALLS) return;
    const holder: { stack?: unknown } = {};
    (Error as { captureStackTrace?: (into: object, below: InStack) => void }).captureStackTrace?.(holder, below);
    this.calls.push({ what, ...present, site: callerOn(holder.stack) });
  }
}

/** @returns undefined if this host does not have it */
function globalObject(path: string): object | undefined {
  let found: unknown = globalThis;
  for (const name of path.split('.').filter(Boolean)) found = (found as Record<string, unknown> | undefined)?.[name];
  return found as object | undefined;
}
