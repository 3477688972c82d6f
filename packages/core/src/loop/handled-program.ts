import type { CoreEvent } from '../primitives/core-event.js';

/** `Y`, or a function that makes it. */
export type ProgramOf<Y> = Y | (() => Y);

/**
 * `unknown` if a loop with handlers for `E` serves all of `F`. Otherwise a property that no program has: its name is the
 * first line of the compiler's error.
 *
 * Intersect it with what the program makes: through `Program<T, F> & ...` TypeScript 5 infers nothing from a generator
 * function.
 */
export type Handled<F, E> = [F] extends [E | CoreEvent]
  ? unknown
  : { readonly 'no module of this loop handles': Exclude<F, E | CoreEvent> };
