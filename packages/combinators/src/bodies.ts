import type { LoopEvent, Program, Sent } from '@escapement/core';

/** A list or a record of programs. */
export type Bodies = readonly AnyBody[] | Readonly<Record<string, AnyBody>>;

/** A program of any value and any events, for the constraint of a type parameter: `B extends AnyBody[]`. */
// biome-ignore lint/suspicious/noExplicitAny: a bound for inference; `never` and `unknown` are both too narrow somewhere
export type AnyBody = Program<any, any>;

/** The values of `B`, in the same form. */
export type ValuesOf<B> = { -readonly [K in keyof B]: ValueOf<B[K]> };

/** What the program `P` evaluates to: a number for a `Coroutine<number>`, or for a function that makes one. */
export type ValueOf<P> = Made<P> extends { [Symbol.iterator](): Iterator<unknown, infer T, Sent> } ? T : never;

/** The program, or what the function makes. */
type Made<P> = P extends () => infer Y ? Y : P;

/** The events that the programs of `B` can yield. */
export type EventsIn<B> = EventsInOne<Made<B extends readonly (infer P)[] ? P : B[keyof B]>>;

type EventsInOne<Y> = Y extends { [Symbol.iterator](): Iterator<infer E, unknown, Sent> }
  ? Extract<E, LoopEvent>
  : never;
