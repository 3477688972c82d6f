import { type Coroutine, describe, InvalidArgumentError } from '@escapement/core';
import { safely } from './not-a-promise-error.js';
import { type Resolved, resolved } from './resolved.js';

export interface Item<T> {
  readonly value: T;
  readonly index: number;
}

/** The items of an iterable. Any number of tasks may take items at a time; `next()` runs once at a time. */
export class ItemSource<T> {
  readonly #iterator: AsyncIterator<T>;
  #lastTaken: Promise<unknown> = Promise.resolve();
  #takenCount = 0;
  #isStopped = false;
  /** The iterator has returned or thrown: it must not be closed. */
  #isOver = false;

  /** @throws InvalidArgumentError if `items` is not iterable */
  constructor(
    private readonly caller: string,
    items: AsyncIterable<T> | Iterable<T | PromiseLike<T>>,
  ) {
    const iterator = iteratorOf(items, Symbol.asyncIterator) as AsyncIterator<T> | undefined;
    this.#iterator = iterator ?? madeAsync(caller, items as Iterable<T | PromiseLike<T>>);
  }

  /** The next item; undefined if there is none. After a failure every call fails with the same error. */
  *take(): Coroutine<Item<T> | undefined, Resolved<Item<T> | undefined>> {
    const taken = this.#lastTaken.then(() => this.#next());
    this.#lastTaken = taken;
    return yield* resolved(taken);
  }

  /** From now on `take` finds no items. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Calls the iterator's `return()`, unless it is over, and waits for it. */
  *close(): Coroutine<void, Resolved> {
    if (!this.#isOver) yield* resolved(Promise.resolve(this.#iterator.return?.()));
  }

  async #next(): Promise<Item<T> | undefined> {
    if (this.#isStopped || this.#isOver) return undefined;
    try {
      const { done, value } = checkStep(this.caller, await this.#iterator.next());
      if (!done) return { value, index: this.#takenCount++ };
      this.#isOver = true;
      return undefined;
    } catch (error) {
      this.#isOver = true;
      throw error;
    }
  }
}

/**
 * Waits for items that are promises, as `for await` does. Written by hand, because an async generator would not close before
 * its current promise has settled, which may be never.
 */
function madeAsync<T>(caller: string, items: Iterable<T | PromiseLike<T>>): AsyncIterator<T> {
  const iterator = iteratorOf(items, Symbol.iterator) as Iterator<T | PromiseLike<T>> | undefined;
  if (iterator === undefined)
    throw notIterable(
      caller,
      items,
      'for its items',
      'an iterable, async or not. For an object pass Object.entries(...).',
    );
  return {
    async next() {
      const step = checkStep(caller, iterator.next());
      if (step.done) return step;
      try {
        return { done: false, value: await step.value };
      } catch (error) {
        iterator.return?.();
        throw error;
      }
    },
    async return() {
      iterator.return?.();
      return { done: true, value: undefined };
    },
  };
}

/** The iterator that a method of `items` makes; undefined if there is no such method, or it makes something else. */
function iteratorOf(items: unknown, method: symbol): unknown {
  const make = methodOf(items, method);
  if (typeof make !== 'function') return undefined;
  const iterator = make.call(items);
  return typeof iterator?.next === 'function' ? iterator : undefined;
}

/** Looking at what a user gives may throw, as with a revoked proxy. */
function methodOf(items: unknown, method: symbol): unknown {
  try {
    return (items as Record<symbol, unknown> | null | undefined)?.[method];
  } catch {
    return undefined;
  }
}

/** A value that is no step of an iterator would never be the last. So would a promise, of an iterator that is not async. */
function checkStep<S extends IteratorResult<unknown>>(caller: string, step: S): S {
  if (typeof step === 'object' && step !== null && safely(() => !('then' in step))) return step;
  throw notIterable(caller, step, 'from next() of its items', '{ done, value }.');
}

function notIterable(caller: string, given: unknown, where: string, expected: string): InvalidArgumentError {
  const fault = `${caller} got ${describe(given)} ${where}, expected ${expected}`;
  return new InvalidArgumentError('ESC_NOT_ITERABLE', fault);
}
