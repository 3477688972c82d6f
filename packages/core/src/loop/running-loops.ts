import type { LoopView } from './loop-view.js';

const KEY = Symbol.for('escapement.loops');

let known: Set<LoopView> | undefined;

/**
 * @internal The loops that run in this thread, of all copies of core. Tools find them on `globalThis`, even from another process,
 * so they cost a running loop nothing. Not made before the first run: importing core changes nothing.
 */
export function runningLoops(): Set<LoopView> {
  known ??= shared();
  return known;
}

function shared(): Set<LoopView> {
  const holder = globalThis as { [KEY]?: unknown };
  const present = holder[KEY];
  if (present instanceof Set) return present as Set<LoopView>;
  const loops = new Set<LoopView>();
  // A host whose globals are frozen runs its loops unseen.
  Reflect.defineProperty(holder, KEY, { value: loops, configurable: true });
  return loops;
}
