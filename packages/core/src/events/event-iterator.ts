import type { Sent } from './coroutine.js';
import { placeHere } from './unplaced.js';

/**
 * The first step of the event whose iterator was created last, until `next` takes it.
 *
 * All events share this variable and one iterator object, because `yield*` creates the iterator and takes the first step
 * with no other code in between. So events stay plain values, and several tasks can wait for the same one. The price: code
 * that iterates over events by hand must take the first step of one before it creates the iterator of another.
 */
let firstStep: IteratorResult<never, never> | undefined;

/** @internal An iterator that yields `step`, and then returns what it is resumed with. */
export function iterateOnce<E, R>(step: IteratorYieldResult<E>): Iterator<E, R, Sent> {
  firstStep = step as IteratorYieldResult<never>;
  return ONCE;
}

/** @internal For an event without a result; allocated once. */
export const RESUMED_WITH_NOTHING: IteratorReturnResult<never> = { done: true, value: undefined as never };

const ONCE: Iterator<never, never, Sent> = {
  next(result: never): IteratorResult<never, never> {
    const step = firstStep;
    if (step === undefined) return result === undefined ? RESUMED_WITH_NOTHING : { done: true, value: result };
    firstStep = undefined;
    return step;
  },
  throw: rethrow,
};

/** @internal The `throw` of the iterators of events. Without it, `yield*` would throw a TypeError instead. */
export function rethrow(error: unknown): never {
  // Here the coroutine is on the host's stack.
  placeHere(error, rethrow);
  throw error;
}

/** @internal Whether an error that is thrown into `iterator` comes out again, and nothing else happens. */
export function rethrows(iterator: Iterator<unknown, unknown, Sent>): boolean {
  return iterator.throw === rethrow;
}

/**
 * @internal The last step of a body that would only throw `value`. To throw it and to catch it again would take V8 as long as
 * all the rest of a cancellation. The same object each time: take the value at once.
 */
export const RETHROWN: IteratorReturnResult<unknown> = { done: true, value: undefined };

/** @internal */
export function rethrown(error: unknown): IteratorReturnResult<unknown> {
  RETHROWN.value = error;
  return RETHROWN;
}

/** @internal Called before each resume: a first step that nobody took must not be taken for another event's. */
export function forgetFirstStep(): void {
  firstStep = undefined;
}
