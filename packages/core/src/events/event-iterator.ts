import type { Sent } from './coroutine.js';

/** What an event that may be answered at once does when `yield*` takes the first step. */
export interface FirstStep<E, R> {
  firstStep(): IteratorResult<E, R>;
}

/**
 * The first step of the event that is being iterated over, until it is taken: the step itself, or who makes it.
 *
 * One for all: `yield*` asks an event for its iterator and takes the first step in one go, with nobody's code between.
 * So no event needs an iterator object or a flag of its own, an event is a plain value that any number of tasks can wait
 * for at a time, and resuming a coroutine does not touch its event. The price: whoever drives events (not coroutines) by
 * hand must take the first step of one before asking for the iterator of another.
 */
let firstStep: IteratorResult<never, never> | undefined;
let stepMaker: FirstStep<never, never> | undefined;

/** @internal An iterator that goes up with `step` first, and then returns what it is resumed with. */
export function iterateOnce<E, R>(step: IteratorYieldResult<E>): Iterator<E, R, Sent> {
  firstStep = step as IteratorYieldResult<never>;
  stepMaker = undefined;
  return ONCE;
}

/** @internal Like `iterateOnce`; the step is made when it is taken: an iterator that nobody uses does nothing. */
export function iterateFrom<E, R>(maker: FirstStep<E, R>): Iterator<E, R, Sent> {
  firstStep = undefined;
  stepMaker = maker as FirstStep<never, never>;
  return ONCE;
}

const RESUMED_WITH_NOTHING: IteratorReturnResult<never> = { done: true, value: undefined as never };

const ONCE: Iterator<never, never, Sent> = {
  next(result: never): IteratorResult<never, never> {
    const step = firstStep;
    if (step !== undefined) {
      firstStep = undefined;
      return step;
    }
    const maker = stepMaker;
    if (maker === undefined) return result === undefined ? RESUMED_WITH_NOTHING : { done: true, value: result };
    stepMaker = undefined;
    return maker.firstStep();
  },
  // Without it `yield*` would replace the error by a TypeError of its own.
  throw(error: unknown): never {
    throw error;
  },
};

/** @internal Before each resume: an iterator that was asked for and dropped must not speak for somebody else's event. */
export function forgetFirstStep(): void {
  firstStep = undefined;
  stepMaker = undefined;
}
