import {
  bodyOf,
  type ConcurrencyOptions,
  type Coroutine,
  type CurrentTask,
  checkCount,
  checkMaker,
  coroutine,
  currentTask,
  ensure,
  type Join,
  type LoopEvent,
  onCancel,
  type Program,
  type Scope,
  type Spawn,
  scope,
  spawn,
  type Task,
} from '@escapement/core';
import { type Item, ItemSource } from './item-source.js';
import type { Resolved } from './resolved.js';

/** The events that going through an async iterable itself waits for. */
export type AsyncItemsEvent = Resolved | Scope | Spawn | CurrentTask | Join;

/**
 * Like `map`, for async iterables: runs `work` for each item, some at a time, and evaluates to the results in the order of
 * the items. Items are taken one after the other, and only when there is room. If one fails, or the iterable does, the
 * others are cancelled and finished, no more items are taken, and its error is thrown.
 *
 * After a failure or a cancellation the iterator's `return()` is called and waited for, shielded, when all work has
 * finished; should it fail too, an `AggregateError` has both. An async generator first finishes the `next()` that it is at,
 * so one that waits for ever there makes this wait as well: give it an `AbortSignal` of its own.
 *
 * @param items of an iterable that is not async, those that are promises are waited for, as `for await` does
 * @throws InvalidCountError for a concurrency that is not a whole number above 0; TaskCancelledError if a work cancelled
 *   itself; NotAFunctionError, NotACoroutineError for work that is none
 * @example const sizes = yield* mapAsync(file.readLines(), path => sizeOf(path), { concurrency: 4 });
 */
export const mapAsync = /* @__PURE__ */ coroutine(function* mapAsync<T, R, E extends LoopEvent>(
  items: AsyncIterable<T> | Iterable<T | PromiseLike<T>>,
  work: (item: T, index: number) => Program<R, E>,
  options?: ConcurrencyOptions,
): Coroutine<R[], E | AsyncItemsEvent> {
  const results: R[] = [];
  function* keepResult(item: T, index: number): Coroutine<void, E> {
    results[index] = yield* bodyOf('mapAsync', work(item, index), work);
  }
  checkMaker('mapAsync', work);
  yield* workThrough('mapAsync', items, keepResult, options);
  return results;
});

/** Like `mapAsync`, for work whose results nobody needs; so the items may go on for ever. */
export const forEachAsync = /* @__PURE__ */ coroutine(function* forEachAsync<T, E extends LoopEvent>(
  items: AsyncIterable<T> | Iterable<T | PromiseLike<T>>,
  work: (item: T, index: number) => Program<unknown, E>,
  options?: ConcurrencyOptions,
): Coroutine<void, E | AsyncItemsEvent> {
  yield* workThrough('forEachAsync', items, work, options);
});

function* workThrough<T, E extends LoopEvent>(
  caller: string,
  items: AsyncIterable<T> | Iterable<T | PromiseLike<T>>,
  work: (item: T, index: number) => Program<unknown, E>,
  { concurrency = Infinity }: ConcurrencyOptions = {},
): Coroutine<void, E | AsyncItemsEvent> {
  checkCount(`concurrency of ${caller}`, concurrency, 1, true, 'For one after the other pass 1.');
  checkMaker(caller, work);

  const unfinished = new Set<Task>();

  function* worker(source: ItemSource<T>, first: Item<T>): Coroutine<void, E | Resolved | CurrentTask> {
    for (let item: Item<T> | undefined = first; item !== undefined; item = yield* source.take()) {
      yield* bodyOf(caller, work(item.value, item.index), work);
    }
    unfinished.delete(yield* currentTask());
  }

  function* start(): Coroutine<void, E | AsyncItemsEvent> {
    const source = new ItemSource(items);
    yield* ensure(source.close());
    // A wait that was over is not undone: without this a worker could come back for another item.
    yield* onCancel(() => source.stop());
    for (let workers = 0; workers < concurrency; workers++) {
      const first = yield* source.take();
      if (first === undefined) return;
      unfinished.add(yield* spawn(worker(source, first)));
    }
  }

  yield* scope(start());
  // One that was cancelled by itself has left its work undone.
  for (const task of unfinished) yield* task.join();
}
