import { InvalidArgumentError } from '@escapement/core';

/** Something was to be waited for that is no promise. */
export class NotAPromiseError extends InvalidArgumentError {
  static override readonly name = 'NotAPromiseError';

  /** @internal */
  constructor(caller: string, given: unknown) {
    super('ESC_NOT_A_PROMISE', `${caller} got ${shown(given)}, expected a promise. ${adviceFor(given)}`);
  }
}

/** @internal */
export function checkPromise(caller: string, given: unknown): void {
  if (typeof (given as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function') return;
  throw new NotAPromiseError(caller, given);
}

/** @internal Says what a value is, in a word or two. */
export function shown(given: unknown): string {
  if (given === null || given === undefined) return String(given);
  if (typeof given === 'function') return `the function ${given.name || '(anonymous)'}`;
  if (typeof given === 'object') return `an object of class ${given.constructor?.name ?? 'null'}`;
  return typeof given === 'string' ? JSON.stringify(given) : `${typeof given} ${String(given)}`;
}

function adviceFor(given: unknown): string {
  if (given === undefined) return 'Does the function that should have made it return it?';
  if (typeof given === 'function') return 'Call it.';
  if (typeof given === 'object' && given !== null && Symbol.iterator in given) {
    return 'A coroutine or an event needs `yield*` alone.';
  }
  return 'What is no promise is there already: use it as it is.';
}
