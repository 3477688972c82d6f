import { describe, has, isClass, isThenable, nameOf } from '../errors/describe.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { startAtCaller } from '../errors/start-at-caller.js';

/** A function that takes a program got something else. Thrown at the `yield*`, or by `run` and `loop.spawn`. */
export class NotACoroutineError extends InvalidArgumentError {
  static override readonly name = 'NotACoroutineError';

  /** @internal @param maker the function that returned `given` */
  constructor(caller: string, given: unknown, maker?: unknown) {
    const what = maker === undefined ? describe(given) : `${describe(maker)}, which returned ${describe(given)}`;
    const expected = 'expected a coroutine, an event, or a function that makes one';
    super('ESC_NOT_A_COROUTINE', `${caller} got ${what}, ${expected}. ${adviceFor(given, maker)}`);
    startAtCaller(this);
  }
}

function adviceFor(given: unknown, maker: unknown): string {
  if (typeof given === 'function') {
    const name = nameOf(given, 'it');
    if (isClass(given)) return `Create an instance: new ${name}(...).`;
    return maker === undefined ? NOT_ASYNC : `Return the result of the call: ${name}().`;
  }
  if (isThenable(given)) {
    return maker === undefined
      ? 'To wait for a promise, pass `resolved(promise)`, from @escapement/promises.'
      : NOT_ASYNC;
  }
  if (has(given, Symbol.asyncIterator)) return NOT_ASYNC;
  if (has(given, Symbol.iterator)) return 'To run all its items at once, pass all([...]).';
  if (maker !== undefined) return 'Return what a `function*` returns, or write `function*`.';
  return 'Pass a `function*`, or what it returns.';
}

const NOT_ASYNC = 'Write `function*` instead of `async function`, and `yield*` instead of `await`.';

/** An argument must be a function because it is called several times, or with arguments. */
export class NotAFunctionError extends InvalidArgumentError {
  static override readonly name = 'NotAFunctionError';

  /** @internal */
  constructor(caller: string, given: unknown) {
    const expected = 'expected a function that makes a coroutine or an event';
    super('ESC_NOT_A_FUNCTION', `${caller} got ${describe(given)}, ${expected}. Pass the \`function*\` itself.`);
    startAtCaller(this);
  }
}
