import { nameOf } from '../errors/describe.js';
import { forgetFirstStep, RETHROWN } from '../events/event-iterator.js';
import type { Body } from './claim-coroutine.js';
import { addToTrail } from './error-trail.js';
import { forgetAttempt } from './immediate-event.js';
import { raiseIn, unmasked } from './thrown-into.js';

interface NamedFunction {
  readonly name: string;
}

/** A coroutine that waits for its callee. */
interface Caller {
  readonly body: Body;
  /** The callee, for its name, which V8 looks up each time. */
  readonly callee: NamedFunction;
}

/**
 * @internal The body of a task that uses `call`. A resume goes straight to the innermost coroutine; when that is done, its
 * caller goes on with its value or error.
 */
export class CallStack implements Body {
  readonly #callers: Caller[] = [];
  #innermost: Body;

  constructor(outermost: Body) {
    this.#innermost = outermost;
  }

  push(body: Body, callee: NamedFunction): void {
    this.#callers.push({ body: this.#innermost, callee });
    this.#innermost = body;
  }

  next(message: unknown): IteratorResult<unknown, unknown> {
    return this.#run(message, false);
  }

  throw(error: unknown): IteratorResult<unknown, unknown> {
    return this.#run(error, true);
  }

  // Not recursive: the calls may be nested deeper than the host's stack.
  #run(message: unknown, isError: boolean): IteratorResult<unknown, unknown> {
    for (;;) {
      try {
        const step = isError ? raiseIn(this.#innermost, message, false) : this.#innermost.next(message);
        if (!step.done) return step;
        if (step === RETHROWN) throw step.value;
        if (this.#pop() === undefined) return step;
        message = step.value;
        isError = false;
      } catch (thrown) {
        const error = unmasked(thrown);
        const callee = this.#pop();
        if (callee === undefined) throw error;
        addToTrail(error, nameOf(callee, '(anonymous)'));
        message = error;
        isError = true;
      }
    }
  }

  /** Returns to the caller. @returns the callee that is done; undefined if it has no caller */
  #pop(): NamedFunction | undefined {
    const caller = this.#callers.pop();
    if (caller === undefined) return undefined;
    this.#innermost = caller.body;
    forgetFirstStep();
    forgetAttempt();
    return caller.callee;
  }
}
