import { describe } from '../errors/describe.js';
import { checkCount, InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { bodyOf, checkMaker } from '../events/body-of.js';
import type { Coroutine, Program } from '../events/coroutine.js';
import { coroutine } from '../events/coroutine-function.js';
import type { LoopEvent } from '../events/loop-event.js';
import { type CurrentTask, currentTask } from '../primitives/current-task.js';
import { type Scope, scope } from '../primitives/scope.js';
import { type Spawn, spawn } from '../primitives/spawn.js';
import { Cancelled } from '../tasks/errors.js';
import type { Task } from '../tasks/task.js';
import { valueOrThrow } from './all.js';

export interface ConcurrencyOptions {
  /** How many may run at a time; all if left out. Items are only taken from the iterable when there is room. */
  readonly concurrency?: number;
}

/**
 * Runs `work` for each item, some at a time, and evaluates to the results in the order of the items. If one fails, the
 * others are cancelled and finished, no more items are taken, and its error is thrown.
 *
 * @throws InvalidCountError for a concurrency that is not a whole number above 0; InvalidArgumentError for no iterable;
 *   NotAFunctionError, NotACoroutineError for work that is none
 * @example const pages = yield* map(urls, url => fetchPage(url), { concurrency: 4 });
 */
export const map = /* @__PURE__ */ coroutine(function* map<T, R, E extends LoopEvent>(
  items: Iterable<T>,
  work: (item: T, index: number) => Program<R, E>,
  options?: ConcurrencyOptions,
): Coroutine<R[], E | Scope | Spawn | CurrentTask> {
  return yield* mapItems('map', items, work, options);
});

/** Like `map`, for work whose results nobody needs. */
export const forEach = /* @__PURE__ */ coroutine(function* forEach<T, E extends LoopEvent>(
  items: Iterable<T>,
  work: (item: T, index: number) => Program<unknown, E>,
  options?: ConcurrencyOptions,
): Coroutine<void, E | Scope | Spawn | CurrentTask> {
  yield* mapItems('forEach', items, work, options);
});

function* mapItems<T, R, E extends LoopEvent>(
  caller: string,
  items: Iterable<T>,
  work: (item: T, index: number) => Program<R, E>,
  { concurrency = Infinity }: ConcurrencyOptions = {},
): Coroutine<R[], E | Scope | Spawn | CurrentTask> {
  checkCount(`concurrency of ${caller}`, concurrency, 1, true, 'For one after the other pass 1.');
  checkMaker(caller, work);
  const mapping: Mapping<T, R, E> = { caller, source: new Source(caller, items), work, results: [] };
  const workers: Task[] = [];
  try {
    yield* scope(startWorkers(mapping, concurrency, workers));
    // One that cancelled itself has left its work undone.
    for (const task of workers) valueOrThrow(task);
  } catch (error) {
    throw mapping.source.close(error);
  }
  return mapping.results;
}

interface Mapping<T, R, E extends LoopEvent> {
  readonly caller: string;
  readonly source: Source<T>;
  readonly work: (item: T, index: number) => Program<R, E>;
  readonly results: R[];
}

// Not inside of `map`: see `all`.
function* startWorkers<T, R, E extends LoopEvent>(
  mapping: Mapping<T, R, E>,
  concurrency: number,
  workers: Task[],
): Coroutine<void, E | Spawn | CurrentTask> {
  while (workers.length < concurrency) {
    const first = mapping.source.take();
    if (first === undefined) return;
    workers.push(yield* spawn(workFrom(first, mapping)));
  }
}

function* workFrom<T, R, E extends LoopEvent>(
  first: Item<T>,
  { caller, source, work, results }: Mapping<T, R, E>,
): Coroutine<void, E | CurrentTask> {
  const self = yield* currentTask();
  try {
    // Work that need not wait does not notice a cancellation.
    for (
      let next: Item<T> | undefined = first;
      next !== undefined;
      next = self.isCancelled ? undefined : source.take()
    ) {
      results[next.index] = yield* bodyOf(caller, work(next.item, next.index), work);
    }
  } catch (error) {
    source.stop();
    throw error;
  }
}

interface Item<T> {
  readonly item: T;
  readonly index: number;
}

/** An iterable that several workers take from. */
class Source<T> {
  readonly #iterator: Iterator<T>;
  #taken = 0;
  #isExhausted = false;
  #isStopped = false;

  constructor(
    readonly caller: string,
    items: Iterable<T>,
  ) {
    if (typeof items?.[Symbol.iterator] !== 'function') {
      const fault = `${caller} got ${describe(items)} for its items, expected an iterable. Of an object take Object.entries(...).`;
      throw new InvalidArgumentError('ESC_NOT_ITERABLE', fault);
    }
    this.#iterator = items[Symbol.iterator]();
  }

  take(): Item<T> | undefined {
    if (this.#isExhausted || this.#isStopped) return undefined;
    // Should it throw, there is nothing to close.
    this.#isExhausted = true;
    const step = this.#iterator.next();
    if (step.done) return undefined;
    this.#isExhausted = false;
    return { item: step.value, index: this.#taken++ };
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Closes the iterable because of `error`; gives back that, with what went wrong in closing. */
  close(error: unknown): unknown {
    try {
      if (!this.#isExhausted) this.#iterator.return?.();
      return error;
    } catch (closing) {
      if (error instanceof Cancelled) return closing;
      return new AggregateError([error, closing], `${this.caller} failed, and so did closing its items`);
    }
  }
}
