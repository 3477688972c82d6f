import {
  bodyOf,
  type Coroutine,
  type CurrentTask,
  checkArgument,
  checkCount,
  checkMaker,
  coroutine,
  currentTask,
  type Join,
  type LoopEvent,
  onCancel,
  type Pause,
  type Program,
  pause,
  type Scope,
  type Spawn,
  scope,
  spawn,
  type Task,
} from '@escapement/core';
import { type Items, pulledSource } from './pulled-source.js';
import type { Resolved } from './resolved.js';
import type { Source } from './source.js';
import { subscribe } from './subscribe.js';
import type { NextItem, Subscription } from './subscription.js';

/** How many works of a `mapAsync` or a `forEachAsync` run at a time. */
export interface MapAsyncOptions {
  /** The most that run at a time; `Infinity` by default. */
  readonly concurrency?: number;
}

/** The events that `mapAsync` and `forEachAsync` wait for, without those of the work. */
export type AsyncItemsEvent = Resolved | NextItem | Pause | Scope | Spawn | CurrentTask | Join;

/**
 * Like `map`, for async iterables: runs `work` for each item, up to `concurrency` at a time, and evaluates to the results in the
 * order of the items. It takes items one after the other, and only when a new work may start. If a work or the iterable fails,
 * the other works are cancelled, no more items are taken, and the error is thrown when all works are done.
 *
 * After a failure or a cancellation, when all works are done, it calls the iterator's `return()` and waits for it, shielded. If
 * that fails too, an `AggregateError` has both errors. An async generator first finishes its current `next()`, so one that waits
 * for ever there makes this call wait, too: give it an `AbortSignal` of its own.
 *
 * @param items async or not; items that are promises are waited for, as `for await` does
 * @throws InvalidArgumentError for `items` that are not iterable; InvalidCountError for a concurrency that is not a whole number
 *   above 0; TaskCancelledError if a work cancelled its own
 *   task; NotAFunctionError, NotACoroutineError if `work` does not return a program
 * @example const sizes = yield* mapAsync(file.readLines(), path => sizeOf(path), { concurrency: 4 });
 */
export const mapAsync = /* @__PURE__ */ coroutine(function* mapAsync<T, R, E extends LoopEvent>(
  items: Items<T>,
  work: (item: T, index: number) => Program<R, E>,
  options?: MapAsyncOptions,
): Coroutine<R[], E | AsyncItemsEvent> {
  const results: R[] = [];
  function* keepResult(item: T, index: number): Coroutine<void, E> {
    results[index] = yield* bodyOf('mapAsync', work(item, index), work);
  }
  checkMaker('mapAsync', work);
  yield* forEachItem('mapAsync', items, keepResult, options);
  return results;
});

/** Like `mapAsync`, without results. So the iterable may be infinite. */
export const forEachAsync = /* @__PURE__ */ coroutine(function* forEachAsync<T, E extends LoopEvent>(
  items: Items<T>,
  work: (item: T, index: number) => Program<unknown, E>,
  options?: MapAsyncOptions,
): Coroutine<void, E | AsyncItemsEvent> {
  yield* forEachItem('forEachAsync', items, work, options);
});

function* forEachItem<T, E extends LoopEvent>(
  caller: string,
  items: Items<T>,
  work: (item: T, index: number) => Program<unknown, E>,
  options: MapAsyncOptions = {},
): Coroutine<void, E | AsyncItemsEvent> {
  const { concurrency = Infinity } = checkArgument(caller, options, 'object', 'options like { concurrency: 4 }');
  checkCount(`concurrency of ${caller}`, concurrency, 1, true, 'For one after the other pass 1.');
  checkMaker(caller, work);

  const pulled = pulledSource(caller, items);
  const unfinished = new Set<Task>();
  let isStopped = false;
  function* take(source: Subscription<Item<T>>): Coroutine<Item<T> | undefined, NextItem | Pause> {
    const next = isStopped ? undefined : yield* source.next();
    // Throws in the one that is cancelled.
    if (next === undefined || next.done) yield* pause();
    return next?.value;
  }

  // One that is cancelled must take no more items from the others, nor one for itself: a settled wait is not undone.
  function stop(source: Subscription<Item<T>>): void {
    isStopped = true;
    source.dismissTakers();
  }

  function* worker(first: Item<T>, source: Subscription<Item<T>>): Coroutine<void, E | NextItem | Pause | CurrentTask> {
    yield* onCancel(() => stop(source));
    for (let item: Item<T> | undefined = first; item !== undefined; item = yield* take(source)) {
      yield* bodyOf(caller, work(item.value, item.index), work);
    }
    unfinished.delete(yield* currentTask());
  }

  function* start(): Coroutine<void, E | AsyncItemsEvent> {
    const source = yield* subscribe(numbered(pulled), { capacity: 0, overflow: 'pause' });
    yield* onCancel(() => stop(source));
    for (let workers = 0; workers < concurrency; workers++) {
      const first = yield* take(source);
      if (first === undefined) return;
      unfinished.add(yield* spawn(worker(first, source)));
    }
  }

  yield* scope(start(), { caller });
  // A worker that was cancelled alone has not finished its work: its join throws TaskCancelledError.
  for (const task of unfinished) yield* task.join();
}

interface Item<T> {
  readonly value: T;
  readonly index: number;
}

/** Numbered as they come: workers may resume in another order. */
function numbered<T>(source: Source<T>): Source<Item<T>> {
  return (emit, fail, end) => {
    let count = 0;
    return source(value => emit({ value, index: count++ }), fail, end);
  };
}
