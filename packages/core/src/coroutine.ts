import type { LoopEvent } from './loop-event.js';

/**
 * A generator that yields events up to the loop and returns a value. `E` is the union of all event classes that it and
 * the coroutines it calls can yield; TypeScript infers it, and the loop's type says which of them have handlers.
 *
 * `any`: what `yield*` gives back depends on the event that was yielded, and a generator has one type for all.
 */
export type Coroutine<T, E extends LoopEvent = never> = Generator<E, T, any>;

/** Whatever `yield*` takes inside a coroutine: a coroutine, an event, or an object that iterates over events. */
export interface Yieldable<out T, out E extends LoopEvent = never> {
  [Symbol.iterator](): Iterator<E, T, any>;
}

/** A whole program: something to `yield*`, or a function that makes it. */
export type Program<T, E extends LoopEvent = never> = Yieldable<T, E> | (() => Yieldable<T, E>);
