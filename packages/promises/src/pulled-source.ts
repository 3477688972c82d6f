import { describe, InvalidArgumentError } from '@escapement/core';
import { safely } from './not-a-promise-error.js';
import type { PausableSource, Source } from './source.js';

/** What `itemsOf`, `mapAsync` and `forEachAsync` take: items that are promises are waited for, as `for await` does. */
export type Items<T> = AsyncIterable<T> | Iterable<T | PromiseLike<T>> | PlainReadableStream<T>;

/** The members of the host's `ReadableStream` that are used where it is not iterable. */
export interface PlainReadableStream<out T> {
  /** Locks the stream. */
  getReader(): {
    /** The next item. */
    read(): Promise<{ done: boolean; value?: T | undefined }>;
    /** Ends the stream. */
    cancel(reason?: unknown): Promise<void>;
    /** Unlocks the stream. */
    releaseLock(): void;
  };
}

/**
 * The source that asks an iterable for one item after the other, while it is not paused. Stopped before the end, it calls the
 * iterator's `return()`.
 *
 * @throws InvalidArgumentError if `items` is not iterable
 */
export function pulledSource<T>(caller: string, items: Items<T>): Source<T> {
  const iterator = asyncIteratorOf(caller, items);
  return (emit, fail, end): PausableSource => {
    let isWanted = true;
    let isPulling = false;
    let isStopped = false;
    /** The iterator has returned or thrown: it must not be closed. */
    let isOver = false;

    async function pull(): Promise<void> {
      if (isPulling) return;
      isPulling = true;
      try {
        while (isWanted && !isOver && !isStopped) {
          const step = checkStep(caller, await iterator.next());
          if (!step.done) emit(step.value);
          else {
            isOver = true;
            end();
          }
        }
      } catch (error) {
        isOver = true;
        fail(error);
      } finally {
        isPulling = false;
      }
    }

    // The subscription may pause it at once.
    Promise.resolve().then(pull);
    return {
      pause: () => {
        isWanted = false;
      },
      resume: () => {
        isWanted = true;
        pull();
      },
      stop: () => {
        isStopped = true;
        return isOver ? undefined : iterator.return?.();
      },
    };
  };
}

function asyncIteratorOf<T>(caller: string, items: Items<T>): AsyncIterator<T> {
  const iterator = iteratorOf(items, Symbol.asyncIterator) as AsyncIterator<T> | undefined;
  return iterator ?? readingFrom(items as PlainReadableStream<T>) ?? madeAsync(caller, items as Iterable<T>);
}

/** Not every host has streams that are iterable. Like their own iterator, it unlocks the stream however the iteration ends. */
function readingFrom<T>(stream: PlainReadableStream<T>): AsyncIterator<T> | undefined {
  if (!safely(() => typeof stream?.getReader === 'function')) return undefined;
  const reader = stream.getReader();
  return {
    async next() {
      let step: IteratorResult<T> | undefined;
      try {
        step = (await reader.read()) as IteratorResult<T>;
      } finally {
        if (step?.done !== false) reader.releaseLock();
      }
      return step;
    },
    async return() {
      try {
        await reader.cancel();
      } finally {
        reader.releaseLock();
      }
      return { done: true, value: undefined };
    },
  };
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
