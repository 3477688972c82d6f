import type { Coroutine } from '@escapement/core';
import { type Resolved, resolved } from './resolved.js';

export interface Item<T> {
  readonly value: T;
  readonly index: number;
}

/** The items of an iterable, one after the other however many ask at a time. */
export class ItemSource<T> {
  readonly #iterator: AsyncIterator<T>;
  #lastTaken: Promise<unknown> = Promise.resolve();
  #takenCount = 0;
  #isStopped = false;
  /** Done, or broken: then there is nothing to close. */
  #isOver = false;

  constructor(items: AsyncIterable<T> | Iterable<T | PromiseLike<T>>) {
    this.#iterator = isAsync(items) ? items[Symbol.asyncIterator]() : madeAsync(items);
  }

  /** The next item; undefined if there is none. After one that failed, all fail with the same error. */
  *take(): Coroutine<Item<T> | undefined, Resolved<Item<T> | undefined>> {
    const taken = this.#lastTaken.then(() => this.#next());
    this.#lastTaken = taken;
    return yield* resolved(taken);
  }

  /** From now on there are no items. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Tells the iterator that no more items are wanted, unless it knows, and waits for it. */
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
 * As `for await` does: items that are promises are waited for. By hand, because an async generator would not close before
 * the promise that it is at has settled, and that may be never.
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
