import { forgetFirstStep } from '../events/event-iterator.js';
import type { Body } from './claim-coroutine.js';
import { noteThrough } from './error-trail.js';
import { forgetAttempt } from './immediate-event.js';

/** A coroutine that waits for one that it called. */
interface Caller {
  readonly body: Body;
  /** The name of the called one. */
  readonly callee: string;
}

/**
 * @internal The body of a task whose coroutines `call` one another. A resume goes straight to the innermost one; when that is
 * done, its caller goes on with what it returned or threw. Only a task that uses `call` has one.
 */
export class CallStack implements Body {
  readonly #callers: Caller[] = [];
  #innermost: Body;

  constructor(outermost: Body) {
    this.#innermost = outermost;
  }

  push(body: Body, callee: string): void {
    this.#callers.push({ body: this.#innermost, callee });
    this.#innermost = body;
  }

  next(message: unknown): IteratorResult<unknown, unknown> {
    return this.#run(message, false);
  }

  throw(error: unknown): IteratorResult<unknown, unknown> {
    return this.#run(error, true);
  }

  // A loop instead of recursion: the stack of calls may be deeper than the host's.
  #run(message: unknown, isError: boolean): IteratorResult<unknown, unknown> {
    for (;;) {
      try {
        const step = isError ? this.#innermost.throw(message) : this.#innermost.next(message);
        if (!step.done || this.#pop() === undefined) return step;
        message = step.value;
        isError = false;
      } catch (error) {
        const callee = this.#pop();
        if (callee === undefined) throw error;
        noteThrough(error, callee);
        message = error;
        isError = true;
      }
    }
  }

  /** Back to the caller. @returns the name of the coroutine that is done; undefined if nobody called it */
  #pop(): string | undefined {
    const caller = this.#callers.pop();
    if (caller === undefined) return undefined;
    this.#innermost = caller.body;
    forgetFirstStep();
    forgetAttempt();
    return caller.callee;
  }
}
