import {
  bodyOf,
  Cancelled,
  type Coroutine,
  type CurrentTask,
  checkArgument,
  checkCount,
  checkMaker,
  coroutine,
  currentTask,
  describe,
  has,
  InvalidArgumentError,
  isThenable,
  type LoopEvent,
  type Program,
  pause,
  type Scope,
  type Spawn,
  safely,
  scope,
  spawn,
  type Task,
  valueOrThrow,
  type Yieldable,
} from '@escapement/core';

/** How many programs of a `map` or a `forEach` run at a time. */
export interface ConcurrencyOptions {
  /** The most that run at a time; `Infinity` by default. */
  readonly concurrency?: number;
}

type MapEvent = Scope | Spawn | CurrentTask;

/** So many works start without a pause. An iterator that never ends must not keep the first works from failing. */
const STARTED_AT_ONCE = 256;

/**
 * Runs `work` for each item, at most `concurrency` of them at a time, and evaluates to the results in the order of the items. Takes an
 * item from the iterable only when it can run it. If one fails, cancels the others, waits for their end and throws the error.
 * A cancellation is never a value: the results are of all items, or there are none.
 *
 * @throws InvalidCountError, InvalidArgumentError (`items` is not iterable), NotAFunctionError, NotACoroutineError,
 *   TaskCancelledError if a work cancelled its own task
 * @example const pages = yield* map(urls, url => fetchPage(url), { concurrency: 4 });
 */
export const map = /* @__PURE__ */ coroutine(function* map<T, R, E extends LoopEvent>(
  items: Iterable<T>,
  work: (item: T, index: number) => Program<R, E>,
  options?: ConcurrencyOptions,
): Coroutine<R[], E | MapEvent> {
  return yield* mapItems('map', items, work, options);
});

/** Like `map`, without the results. */
export const forEach = /* @__PURE__ */ coroutine(function* forEach<T, E extends LoopEvent>(
  items: Iterable<T>,
  work: (item: T, index: number) => Program<unknown, E>,
  options?: ConcurrencyOptions,
): Coroutine<void, E | MapEvent> {
  yield* mapItems('forEach', items, work, options);
});

function* mapItems<T, R, E extends LoopEvent>(
  caller: string,
  items: Iterable<T>,
  work: (item: T, index: number) => Program<R, E>,
  options: ConcurrencyOptions = {},
): Coroutine<R[], E | MapEvent> {
  const concurrency = concurrencyOf(caller, options);
  checkMaker(caller, work);
  const mapping = new Mapping(caller, items, work);
  const workers: Task[] = [];
  try {
    yield* scope(startWorkers(mapping, concurrency, workers), { caller });
    // A worker that cancelled itself has not finished its work.
    for (const worker of workers) valueOrThrow(worker);
  } catch (error) {
    throw mapping.closeItems(error);
  }
  return mapping.results;
}

/** @throws InvalidArgumentError, InvalidCountError */
export function concurrencyOf(caller: string, options: ConcurrencyOptions): number {
  const { concurrency = Infinity } = checkArgument(caller, options, 'object', 'options like { concurrency: 4 }');
  checkCount(`concurrency of ${caller}`, concurrency, 1, true, 'To run one after the other, pass 1.');
  return concurrency;
}

// Not nested in `mapItems`: see `all`.
function* startWorkers<T, R, E extends LoopEvent>(
  mapping: Mapping<T, R, E>,
  concurrency: number,
  workers: Task[],
): Coroutine<void, E | Spawn | CurrentTask> {
  while (workers.length < concurrency) {
    const first = mapping.takeItem();
    if (first === undefined) return;
    workers.push(yield* spawn(workFrom(first, mapping)));
    // Not in the type, because every loop handles it.
    if (workers.length % STARTED_AT_ONCE === 0) yield* pause() as Yieldable<void>;
  }
}

function* workFrom<T, R, E extends LoopEvent>(
  first: Item<T>,
  mapping: Mapping<T, R, E>,
): Coroutine<void, E | CurrentTask> {
  const self = yield* currentTask();
  try {
    let next: Item<T> | undefined = first;
    while (next !== undefined) {
      mapping.results[next.index] = yield* mapping.workOn(next);
      // Work that never waits does not get Cancelled. If it was not the last, what comes back must not look complete.
      if (self.cancelled !== undefined && !mapping.isExhausted) throw self.cancelled;
      next = mapping.takeItem();
    }
  } catch (error) {
    mapping.isStopped = true;
    throw error;
  }
}

interface Item<T> {
  readonly item: T;
  readonly index: number;
}

/** What the workers of a `map` share. */
class Mapping<T, R, E extends LoopEvent> {
  readonly results: R[] = [];
  isStopped = false;
  /** All items were taken, or `next` threw: the iterator must not be closed. */
  isExhausted = false;
  readonly #iterator: Iterator<T>;
  #taken = 0;

  constructor(
    readonly caller: string,
    items: Iterable<T>,
    readonly work: (item: T, index: number) => Program<R, E>,
  ) {
    if (safely(() => typeof items[Symbol.iterator]) !== 'function') {
      throw notIterable(caller, items, 'for its items', `an iterable. ${adviceFor(items)}`);
    }
    this.#iterator = items[Symbol.iterator]();
    if (typeof (this.#iterator as Partial<Iterator<T>> | undefined)?.next === 'function') return;
    throw notIterable(caller, items, 'for its items', 'an iterable whose iterator has a method next().');
  }

  takeItem(): Item<T> | undefined {
    if (this.isExhausted || this.isStopped) return undefined;
    // Stays set if `next` throws.
    this.isExhausted = true;
    const step = this.#iterator.next();
    if (!isStep(step)) throw notIterable(this.caller, step, 'from next() of its items', '{ done, value }.');
    if (step.done) return undefined;
    this.isExhausted = false;
    return { item: step.value, index: this.#taken++ };
  }

  workOn({ item, index }: Item<T>): Yieldable<R, E> {
    return bodyOf(this.caller, this.work(item, index), this.work);
  }

  /** Closes the iterator because of `error`. @returns `error`, or an AggregateError if closing throws, too */
  closeItems(error: unknown): unknown {
    try {
      if (!this.isExhausted) this.#iterator.return?.();
      return error;
    } catch (closing) {
      if (error instanceof Cancelled) return closing;
      return new AggregateError([error, closing], `${this.caller} failed, and so did closing its items`);
    }
  }
}

/** The steps of an async iterator are promises, and would never be the last. */
function isStep(step: unknown): boolean {
  return typeof step === 'object' && step !== null && !isThenable(step);
}

function adviceFor(items: unknown): string {
  if (typeof items !== 'object' || items === null) return 'Pass an array.';
  if (has(items, Symbol.asyncIterator)) return 'For an async iterable use mapAsync, from @escapement/promises.';
  return has(items, 'length') ? 'Pass Array.from(items).' : 'For an object pass Object.entries(...).';
}

function notIterable(caller: string, given: unknown, where: string, expected: string): InvalidArgumentError {
  return new InvalidArgumentError(
    'ESC_NOT_ITERABLE',
    `${caller} got ${describe(given)} ${where}, expected ${expected}`,
  );
}
