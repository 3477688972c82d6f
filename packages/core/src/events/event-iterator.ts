import type { Sent } from './coroutine.js';

/**
 * The first step of the event that is being iterated over, until it is taken.
 *
 * One for all: `yield*` asks an event for its iterator and takes the first step in one go, with nobody's code between.
 * So no event needs an iterator object or a flag of its own, an event is a plain value that any number of tasks can wait
 * for at a time, and resuming a coroutine does not touch its event. The price: whoever drives events (not coroutines) by
 * hand must take the first step of one before asking for the iterator of another.
 */
let firstStep: IteratorResult<never, never> | undefined;

/** @internal An iterator that goes up with `step` first, and then returns what it is resumed with. */
export function iterateOnce<E, R>(step: IteratorYieldResult<E>): Iterator<E, R, Sent> {
  firstStep = step as IteratorYieldResult<never>;
  return ONCE;
}

/** @internal Of an event whose `yield*` evaluates to nothing; made once. */
export const RESUMED_WITH_NOTHING: IteratorReturnResult<never> = { done: true, value: undefined as never };

const ONCE: Iterator<never, never, Sent> = {
  next(result: never): IteratorResult<never, never> {
    const step = firstStep;
    if (step === undefined) return result === undefined ? RESUMED_WITH_NOTHING : { done: true, value: result };
    firstStep = undefined;
    return step;
  },
  // Without it `yield*` would replace the error by a TypeError of its own.
  throw(error: unknown): never {
    throw error;
  },
};

/** @internal Before each resume: an iterator that was asked for and dropped must not speak for somebody else's event. */
export function forgetFirstStep(): void {
  firstStep = undefined;
}
