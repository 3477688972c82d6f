import { ImmediateEvent, LoopEvent, pause } from '@escapement/core';
import type { Site } from '../trace.js';
import { coroutinesOn, MOST_FRAMES } from './frames.js';
import { Patches } from './patches.js';

/** The classes of events that make iterators of their own. */
const MAKERS: readonly object[] = [LoopEvent.prototype, ImmediateEvent.prototype, Object.getPrototypeOf(pause())];

const MOST_KNOWN = 1000;

/** Twice the same stack. Its text is made when it is asked for; with source maps that takes a hundred times as long as all the rest. */
interface Captured {
  readonly forKey: Error;
  readonly forText: Error;
}

/** V8's `CallSite`. */
interface Frame {
  getFileName(): string | null | undefined;
  getPosition(): number;
}

/**
 * Notes where each `yield*` is that suspends its task. When its iterator yields the event, all coroutines that delegate to each other
 * are on the stack: when the task is resumed later, or by the loop, none of them is.
 */
export class Sites {
  #stack: Captured | undefined;
  /** By what identifies a stack: in a loop, the same `yield*` comes again and again. */
  readonly #known = new Map<string, readonly Site[]>();

  install(patches: Patches): void {
    patches.set(Error, 'stackTraceLimit', MOST_FRAMES);
    for (const maker of MAKERS) {
      patches.replace(maker, Symbol.iterator, original => {
        const note = () => this.#note();
        return function iterator(this: object): Iterator<unknown> {
          const { next, throw: raise } = original.call(this) as Iterator<unknown>;
          const noted = (message: never) => {
            const step = next(message);
            if (!step.done) note();
            return step;
          };
          return { next: noted, throw: raise! };
        };
      });
    }
  }

  /** Forgets what a step before has yielded. */
  stepStarted(): void {
    this.#stack = undefined;
  }

  /** The coroutines of the `yield*` that came last in this step, the innermost first. */
  coroutines(): readonly Site[] {
    if (this.#stack === undefined) return [];
    const key = keyOf(this.#stack.forKey);
    let sites = key === undefined ? undefined : this.#known.get(key);
    if (sites === undefined) {
      sites = coroutinesOn(this.#stack.forText.stack);
      if (key !== undefined && this.#known.size < MOST_KNOWN) this.#known.set(key, sites);
    }
    return sites;
  }

  #note(): void {
    this.#stack = { forKey: new Error(), forText: new Error() };
  }
}

/** The places on a stack, as positions in the running code. Undefined if the host does not tell them. */
function keyOf(error: Error): string | undefined {
  const patches = new Patches();
  try {
    const keyOfFrames = (_: unknown, frames: readonly Frame[]) =>
      frames.map(frame => `${frame.getFileName()}:${frame.getPosition()}`).join();
    patches.set(Error, 'prepareStackTrace', keyOfFrames);
    return patches.during(() => error.stack);
  } catch {
    return undefined;
  }
}
