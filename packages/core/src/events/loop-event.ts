import type { Sent } from './coroutine.js';
import { creationHook } from './creation-hook.js';
import { iterateOnce } from './event-iterator.js';

/**
 * What a coroutine waits for: a plain value. It stores, it does not act; a handler knows how to wait for it.
 *
 * `yield* event` suspends the coroutine until it happened and evaluates to its result `R`. The event travels up through
 * every coroutine on the stack to whoever drives the bottom one, and none of them needs to know who that is.
 * This is Python's `__await__` that does `yield self`.
 *
 * A subclass gives `kind` a literal type of its own: TypeScript compares classes by shape, and `kind` keeps two events
 * of like shape apart, so that an event without a handler is a compile error. An event may be yielded more than once,
 * and by several tasks at a time; it must not change while it is waited for.
 *
 * @example
 * class Sleep extends LoopEvent<void> {
 *   readonly kind = 'sleep';
 *   constructor(readonly until: Instant) { super(); }
 * }
 * function* nap() { yield* new Sleep(1589572249.3); }
 */
export abstract class LoopEvent<out R = unknown> {
  /** A name of the event class's own, of literal type. */
  abstract readonly kind: string;

  /** The type of what `yield*` evaluates to; there is no such field. */
  protected declare readonly _result?: R;

  constructor() {
    if (creationHook !== undefined) creationHook.eventMade(this, LoopEvent);
  }

  /** By hand, because a generator method costs twice as much for each wait. */
  [Symbol.iterator](): Iterator<this, R, Sent> {
    return iterateOnce({ done: false, value: this });
  }

  /** `SleepFor(duration=2.5)`: its kind, written as a class, and what it stores. */
  toString(): string {
    const stored = Object.entries(this)
      .filter(([key]) => key !== 'kind')
      .map(([key, value]) => `${key}=${describeStored(value)}`);
    return `${eventName(this)}(${stored.join(', ')})`;
  }
}

/** `SleepFor` of the kind `sleep-for`: what it is called in messages, also where the names of classes are minified. */
export function eventName({ kind }: LoopEvent): string {
  return kind.replace(/(?:^|[^a-zA-Z0-9]+)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}

function describeStored(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toFixed(1);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return value.name || 'function';
  if (typeof value === 'object' && value !== null && value.toString === Object.prototype.toString) {
    return value.constructor?.name ?? 'Object';
  }
  return String(value);
}

/** What `yield*` evaluates to for an event of type `E`. */
export type ResultOf<E> = E extends LoopEvent<infer R> ? R : never;

/** The class of an event, abstract or not. */
export type EventClass<E extends LoopEvent> = abstract new (...args: never[]) => E;
