import type { LoopEvent } from './loop-event.js';

/**
 * What a coroutine is sent when it is resumed: the results of all the events that it yields, each of its own type, and a
 * generator has one type for all of them. Only `yield*` sees it, and that knows better: the result type of the event.
 */
// biome-ignore lint/suspicious/noExplicitAny: `unknown` would not let a coroutine delegate to one that is sent less.
export type Sent = any;

/**
 * A generator that yields events up to the loop and returns a value. `E` is the union of all event classes that it and
 * the coroutines it calls can yield; TypeScript infers it, and the loop's type says which of them have handlers.
 */
export type Coroutine<T, E extends LoopEvent = never> = Generator<E, T, Sent>;

/** Whatever `yield*` takes inside a coroutine: a coroutine, an event, or an object that iterates over events. */
export interface Yieldable<out T, out E extends LoopEvent = never> {
  [Symbol.iterator](): Iterator<E, T, Sent>;
}

/** A whole program: something to `yield*`, or a function that makes it. */
export type Program<T, E extends LoopEvent = never> = Yieldable<T, E> | (() => Yieldable<T, E>);
