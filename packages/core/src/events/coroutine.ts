import type { LoopEvent } from './loop-event.js';

/** What a resume sends into a coroutine: the result of the event that it yielded. `yield*` knows the exact type. */
// biome-ignore lint/suspicious/noExplicitAny: a generator has one type for all results, and `unknown` would not let it delegate.
export type Sent = any;

/**
 * A generator that yields events to the loop and returns a value. `E` is the union of all events that it, and the
 * coroutines that it calls, can yield. TypeScript infers it; a loop without a handler for one of them refuses the program.
 */
export type Coroutine<T, E extends LoopEvent = never> = Generator<E, T, Sent>;

/** What `yield*` takes inside a coroutine: a coroutine, an event, or an object that iterates over events. */
export interface Yieldable<out T, out E extends LoopEvent = never> {
  [Symbol.iterator](): Iterator<E, T, Sent>;
}

/**
 * Something to run: a coroutine, an event, or a function that makes one. Every function that runs a program takes all three.
 *
 * The function is called without arguments (limits of `@escapement/sleep` pass their `Limit`), once per run: by `run` and `loop.spawn` at the call, by `ensure` when the
 * clean-up begins, by all others at their `yield*`. A task made of it takes its name.
 */
export type Program<T, E extends LoopEvent = never> = Yieldable<T, E> | (() => Yieldable<T, E>);
