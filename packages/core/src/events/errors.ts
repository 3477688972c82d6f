import { describe, isClass, isThenable } from '../errors/describe.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

/** A function that takes a program got something else. It is thrown at the `yield*`, or by `run` and `loop.spawn`. */
export class NotACoroutineError extends InvalidArgumentError {
  static override readonly name = 'NotACoroutineError';

  /** @internal @param maker the function that made what was given */
  constructor(caller: string, given: unknown, maker?: unknown) {
    const what = maker === undefined ? describe(given) : `${describe(maker)}, which returned ${describe(given)}`;
    const expected = 'expected a coroutine, an event, or a function that makes one';
    super('ESC_NOT_A_COROUTINE', `${caller} got ${what}, ${expected}. ${adviceFor(given, maker)}`);
  }
}

function adviceFor(given: unknown, maker: unknown): string {
  if (typeof given === 'function') {
    const name = given.name || 'it';
    if (isClass(given)) return `Make one of it: new ${name}(...).`;
    if (maker !== undefined) return `Return what it makes: ${name}().`;
  }
  if (typeof given === 'function' || (isThenable(given) && maker !== undefined)) return NOT_ASYNC;
  if (isThenable(given)) return 'To wait for a promise, pass `resolved(promise)`, from @escapement/promises.';
  if (typeof given === 'object' && given !== null) {
    if (Symbol.asyncIterator in given) return NOT_ASYNC;
    if (Symbol.iterator in given) return 'To run all that is in it at once, pass all([...]).';
  }
  if (maker !== undefined) return 'Return what a `function*` returns, or write `function*`.';
  return 'Pass a `function*`, or what it returns.';
}

const NOT_ASYNC = 'Write `function*` instead of `async function`, and `yield*` instead of `await`.';

/** Work that runs several times, or with arguments, was given as something that is no function. */
export class NotAFunctionError extends InvalidArgumentError {
  static override readonly name = 'NotAFunctionError';

  /** @internal */
  constructor(caller: string, given: unknown) {
    const expected = 'expected a function that makes a coroutine or an event';
    super('ESC_NOT_A_FUNCTION', `${caller} got ${describe(given)}, ${expected}. Pass the \`function*\` itself.`);
  }
}
