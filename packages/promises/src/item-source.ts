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

  constructor(items: AsyncIterable<T> | Iterable<T | PromiseLike<T>>) {
    this.#iterator = isAsync(items) ? items[Symbol.asyncIterator]() : madeAsync(items);
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
      const { done, value } = await this.#iterator.next();
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
function madeAsync<T>(items: Iterable<T | PromiseLike<T>>): AsyncIterator<T> {
  const iterator = items[Symbol.iterator]();
  return {
    async next() {
      const step = iterator.next();
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

function isAsync<T>(items: AsyncIterable<T> | Iterable<unknown>): items is AsyncIterable<T> {
  return typeof (items as Partial<AsyncIterable<T>>)[Symbol.asyncIterator] === 'function';
}

/** @internal @throws InvalidArgumentError */
export function checkItems(caller: string, items: unknown): void {
  const isIterable = (key: typeof Symbol.iterator | typeof Symbol.asyncIterator) =>
    safely(() => typeof (items as Record<symbol, unknown> | null | undefined)?.[key] === 'function');
  if (isIterable(Symbol.asyncIterator) || isIterable(Symbol.iterator)) return;
  const fault = `${caller} got ${describe(items)} for its items, expected an iterable. For an object pass Object.entries(...).`;
  throw new InvalidArgumentError('ESC_NOT_ITERABLE', fault);
}
