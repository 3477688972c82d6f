import type { CoreEvent } from '../primitives/core-event.js';

/** A program of `Y`: itself, or a function that makes it. */
export type ProgramOf<Y> = Y | (() => Y);

/**
 * Anything, if a loop with handlers for `E` serves all of `F`. Otherwise what no program has: the name of that property is
 * the first line of the compiler's error.
 *
 * It belongs to what is made, not to the program: through `Program<T, F> & ...` TypeScript 5 infers nothing of a generator
 * function.
 */
export type Handled<F, E> = [F] extends [E | CoreEvent]
  ? unknown
  : { readonly 'no module of this loop handles': Exclude<F, E | CoreEvent> };
