import type { LoopEvent } from '../events/loop-event.js';
import type { KindsChecked } from '../events/own-kind.js';
import type { CoreEvent } from '../primitives/core-event.js';

/** `Y`, or a function that makes it. */
export type ProgramOf<Y> = Y | (() => Y);

/**
 * `unknown` if a loop with handlers for `E` serves all of `F`. Otherwise a property that no program has: its name is the
 * first line of the compiler's error. `F` is `LoopEvent` itself where TypeScript inferred nothing, because the program yields
 * something else: most often a coroutine, by a `yield` without its star.
 *
 * Intersect it with what the program makes: through `Program<T, F> & ...` TypeScript 5 infers nothing from a generator
 * function.
 */
export type Handled<F, E> = [F] extends [E | CoreEvent]
  ? [LoopEvent] extends [E]
    ? unknown
    : KindsChecked<F>
  : [LoopEvent] extends [F]
    ? { readonly 'a yield lacks its star, or a type does not say which events there are': F }
    : { readonly 'no module of this loop handles': Exclude<F, E | CoreEvent> };
