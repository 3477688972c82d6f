import type { InStack } from '@escapement/core';
import type { OutsideCall } from './divergence.js';
import { callerOn } from './frames.js';
import type { Patches } from './patches.js';

const MOST_CALLS = 20;

/** What is not the same in each run. The properties of a global object; `''` is the global object itself. */
const WATCHED: readonly (readonly [owner: string, method: string])[] = [
  ['Math', 'random'],
  ['Date', 'now'],
  ['performance', 'now'],
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
    const host = globalThis as Record<string, unknown>;
    for (const [owner, method] of WATCHED) {
      const target = owner === '' ? host : host[owner];
      const note = (below: InStack) => this.#note(owner === '' ? method : `${owner}.${method}`, below);
      patches.replace(target as object | undefined, method, original => {
        return function watched(this: unknown, ...args: unknown[]) {
          note(watched);
          return Reflect.apply(original, this, args);
        };
      });
    }
    patches.replace(host, 'Date', Original => {
      const note = (below: InStack) => this.#note('new Date()', below);
      return new Proxy(Original, {
        construct: function construct(target, args, newTarget) {
          if (args.length === 0) note(construct);
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
