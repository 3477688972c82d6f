import type { LoopEvent } from './loop-event.js';

/**
 * No property if each event class in `E` is a type of its own. Otherwise one that no class has: its name is in the compiler's
 * error. Two classes of one shape whose `kind` is any string are one type: a handler of the one would seem to handle the other.
 */
export type WithOwnKind<E extends LoopEvent> = { readonly [A in AdviceFor<E>]: E };

// Not for LoopEvent itself: a loop for all events is meant.
type AdviceFor<E> = [LoopEvent] extends [E] ? never : true extends IsMistakable<E> ? Advice : never;

/** `unknown` if each event class in `F` is a type of its own; else a property that no program has, named for the error. */
export type KindsChecked<F> = [Mistakable<F>] extends [never] ? unknown : { readonly [A in Advice]: F };

type Advice =
  'the event class must say: override readonly kind = (one literal); a base class: protected declare readonly _isMine: true';

// `any`, because the compiler leaves it out where `F` is a type parameter: a program that is generic in its events is right.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Mistakable<F> = true extends IsMistakable<F> ? any : never;

/** `true` for an event class that another fits, or that fits another; `false` for one that no other can be, and for `any`. */
type IsMistakable<E> = string extends keyof E
  ? false
  : E extends { readonly kind: infer K }
    ? true extends IsOneLiteral<K>
      ? false
      : [K] extends ['']
        ? true // `any` and `never`, which fit every kind
        : Pick<E, keyof E> extends E // The public members make no such event if it has a private or protected one.
          ? true
          : false
    : false;

type IsOneLiteral<K, All = K> = K extends string
  ? Record<never, 1> extends Record<K, 1>
    ? false // `string`, and a template with a hole
    : [All] extends [K]
      ? true
      : false
  : never;
