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

/**
 * Something to run: a coroutine, an event, or a function that makes one. Whatever takes one of them takes all three.
 *
 * The function is called once for each time that it is run: by `run` and `loop.spawn` at the call; by all others at their
 * `yield*`, in the task that has it; by `ensure` when the clean-up begins. So it has been called, and what it made is not
 * run, when the task made of it is cancelled before its first step. It gets no arguments, unless its taker says so. Its
 * name becomes the task's, where a task is made of it.
 */
export type Program<T, E extends LoopEvent = never> = Yieldable<T, E> | (() => Yieldable<T, E>);
