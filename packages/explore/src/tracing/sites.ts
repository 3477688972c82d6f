import { ImmediateEvent, LoopEvent, pause } from '@escapement/core';
import type { Site } from '../trace.js';
import { coroutinesOn, MOST_FRAMES } from './frames.js';
import type { Patches } from './patches.js';

/** The classes of events that make iterators of their own. */
const MAKERS: readonly object[] = [LoopEvent.prototype, ImmediateEvent.prototype, Object.getPrototypeOf(pause())];

/**
 * Notes where each `yield*` of an event is. When its iterator is made, all coroutines that delegate to each other are on the stack:
 * when the task is resumed later, or by the loop, none of them is.
 */
export class Sites {
  #event: object | undefined;
  #stack: Error | undefined;

  install(patches: Patches): void {
    patches.replace(Error, 'stackTraceLimit', () => MOST_FRAMES);
    for (const maker of MAKERS) {
      patches.replace(maker, Symbol.iterator, original => {
        const note = (event: object) => this.#note(event);
        return function iterator(this: object) {
          note(this);
          return original.call(this);
        };
      });
    }
  }

  /** Forgets what a step before has yielded. */
  stepStarted(): void {
    this.#event = this.#stack = undefined;
  }

  /** The event whose `yield*` came last in this step. */
  get lastEvent(): object | undefined {
    return this.#event;
  }

  /** The coroutines of that `yield*`, the innermost first. */
  coroutines(): Site[] {
    return coroutinesOn(this.#stack?.stack);
  }

  #note(event: object): void {
    this.#event = event;
    // Its text is made only if it is asked for, which takes far longer.
    this.#stack = new Error();
  }
}
