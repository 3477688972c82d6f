import type { Coroutine, Yieldable } from '../coroutine.js';
import type { LoopEvent } from '../loop-event.js';
import { type Scope, scope } from '../scope.js';
import { type Spawn, spawn } from '../spawn.js';

export interface ConcurrencyOptions {
  /** How many may run at a time; all if left out. Items are only taken from the iterable when there is room. */
  readonly concurrency?: number;
}

/**
 * Runs `work` for each item, some at a time, and evaluates to the results in the order of the items. If one fails, the
 * others are cancelled and finished, no more items are taken, and its error is thrown.
 *
 * @throws RangeError for a concurrency that is not a whole number above 0
 * @example const pages = yield* map(urls, url => fetchPage(url), { concurrency: 4 });
 */
export function* map<T, R, E extends LoopEvent>(
  items: Iterable<T>,
  work: (item: T, index: number) => Yieldable<R, E>,
  { concurrency = Infinity }: ConcurrencyOptions = {},
): Coroutine<R[], E | Scope | Spawn> {
  if (concurrency !== Infinity && !(Number.isInteger(concurrency) && concurrency > 0)) {
    throw new RangeError(`map got a concurrency of ${concurrency}, expected a whole number above 0`);
  }
  const results: R[] = [];
  const iterator = items[Symbol.iterator]();
  let taken = 0;
  let isDone = false;

  function take(): { readonly item: T; readonly index: number } | undefined {
    if (isDone) return undefined;
    const step = iterator.next();
    if (!step.done) return { item: step.value, index: taken++ };
    isDone = true;
    return undefined;
  }

  function* worker(first: { item: T; index: number }): Coroutine<void, E> {
    for (let next: typeof first | undefined = first; next !== undefined; next = take()) {
      results[next.index] = yield* work(next.item, next.index);
    }
  }

  function* start(): Coroutine<void, E | Spawn> {
    for (let workers = 0; workers < concurrency; workers++) {
      const first = take();
      if (first === undefined) return;
      yield* spawn(worker(first));
    }
  }

  try {
    yield* scope(start());
  } finally {
    if (!isDone) iterator.return?.();
  }
  return results;
}

/** Like `map`, for work whose results nobody needs. */
export function* forEach<T, E extends LoopEvent>(
  items: Iterable<T>,
  work: (item: T, index: number) => Yieldable<unknown, E>,
  options?: ConcurrencyOptions,
): Coroutine<void, E | Scope | Spawn> {
  yield* map(items, work, options);
}
