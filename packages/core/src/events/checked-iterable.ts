import { isThenable } from '../errors/describe.js';
import type { Sent, Yieldable } from './coroutine.js';
import { NotACoroutineError } from './errors.js';
import type { LoopEvent } from './loop-event.js';

/**
 * @internal A program that is neither a generator of this realm nor an event, with its steps checked. Those of an async
 * iterator are promises, which look like steps that are never the last.
 */
export class CheckedIterable<T, E extends LoopEvent> implements Yieldable<T, E> {
  constructor(
    readonly caller: string,
    readonly inner: Yieldable<T, E>,
  ) {}

  [Symbol.iterator](): Iterator<E, T, Sent> {
    const iterator = this.inner[Symbol.iterator]();
    if (typeof (iterator as Partial<Iterator<E>> | null)?.next !== 'function') {
      throw new NotACoroutineError(this.caller, iterator, this.inner);
    }
    return new CheckedIterator(this, iterator);
  }
}

class CheckedIterator<T, E extends LoopEvent> implements Iterator<E, T, Sent> {
  constructor(
    private readonly program: CheckedIterable<T, E>,
    private readonly iterator: Iterator<E, T, Sent>,
  ) {}

  next(message: Sent): IteratorResult<E, T> {
    return this.#checked(this.iterator.next(message));
  }

  throw(error: unknown): IteratorResult<E, T> {
    if (typeof this.iterator.throw !== 'function') throw error;
    return this.#checked(this.iterator.throw(error));
  }

  return(value?: T): IteratorResult<E, T> {
    if (typeof this.iterator.return !== 'function') return { done: true, value: value as T };
    return this.#checked(this.iterator.return(value));
  }

  #checked(step: IteratorResult<E, T>): IteratorResult<E, T> {
    if (typeof step === 'object' && step !== null && !isThenable(step)) return step;
    throw new NotACoroutineError(this.program.caller, step, this.program.inner);
  }
}
