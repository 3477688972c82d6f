import { classNameOf, describe, nameOf, safely, shownName } from '../errors/describe.js';
import { COPY, thisCopy } from './core-copy.js';
import type { Sent } from './coroutine.js';
import { creationHook } from './creation-hook.js';
import { iterateOnce } from './event-iterator.js';

/**
 * Says what a coroutine waits for: a plain value without behaviour. A handler knows how to wait for it.
 *
 * `yield* event` suspends the coroutine until the event has happened, and evaluates to its result `R`. The event passes
 * through all calling coroutines to the loop. (In Python: an `__await__` that does `yield self`.)
 *
 * Give `kind` a literal type of its own: it distinguishes classes of the same shape, so that an event without a handler is
 * a compile error. An abstract base class that has a handler has a brand instead: a private or protected member. An event may be yielded repeatedly, and by several tasks at once; it must not change meanwhile.
 *
 * @example
 * class Sleep extends LoopEvent<void> {
 *   readonly kind = 'sleep';
 *   constructor(readonly until: Instant) { super(); }
 * }
 * function* nap() { yield* new Sleep(1589572249.3); }
 */
export abstract class LoopEvent<out R = unknown> {
  /**
   * What brings a handler for the events of this class, and of those that extend it. The error of a loop without one says it: "Add
   * flagModule of my-flags to the loop".
   * @example static override readonly servedBy: string = 'flagModule of my-flags';
   */
  static readonly servedBy: string | undefined = undefined;

  /** Unique to the event class. Make it `readonly`, or an accessor: its type must be one literal. */
  abstract readonly kind: string;

  /** Carries the result type; the field does not exist. */
  protected declare readonly _result?: R;

  /** @internal */
  get [COPY](): typeof thisCopy {
    return thisCopy;
  }

  constructor() {
    if (creationHook !== undefined) creationHook.eventMade(this, LoopEvent);
  }

  // Not a generator method: that would cost twice as much per wait.
  [Symbol.iterator](): Iterator<this, R, Sent> {
    return iterateOnce({ done: false, value: this });
  }

  /** The kind in the form of a class name, and the fields: `SleepFor(duration=2.5)`. */
  toString(): string {
    const stored = Object.keys(this)
      .filter(key => key !== 'kind')
      .map(key => `${key}=${describeStored(safely(() => this[key as keyof this]))}`);
    return `${eventName(this)}(${stored.join(', ')})`;
  }
}

/** @internal It may be a revoked proxy, which `instanceof` cannot ask. */
export function isEvent(value: unknown): value is LoopEvent {
  try {
    return value instanceof LoopEvent;
  } catch {
    return false;
  }
}

/**
 * `SleepFor` for the kind `sleep-for`: how messages name an event. Unlike the class name it survives minification.
 * @example waiter.reject(new Error(`${eventName(event)} was refused`));
 */
export function eventName(event: LoopEvent): string {
  const kind = safely(() => event.kind);
  if (typeof kind !== 'string') return classNameOf(event);
  return shownName(kind.replace(/(?:^|[^a-zA-Z0-9]+)([a-z0-9])/g, (_, first: string) => first.toUpperCase()));
}

function describeStored(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toFixed(1);
  if (typeof value === 'function') return nameOf(value, 'function');
  if (typeof value === 'object' && value !== null && safely(() => value.toString) === Object.prototype.toString) {
    return nameOf(
      safely(() => value.constructor),
      'Object',
    );
  }
  return describe(value);
}

/** What `yield*` evaluates to for an event of type `E`. */
export type ResultOf<E> = E extends LoopEvent<infer R> ? R : never;

/** The class of an event, abstract or not. */
export type EventClass<E extends LoopEvent> = abstract new (...args: never[]) => E;
