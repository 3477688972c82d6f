import { InvalidArgumentError } from '@escapement/core';

/** A function of this package got a value that is not a promise. */
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

/** @internal Describes a value in a word or two. */
export function shown(given: unknown): string {
  if (given === null || given === undefined) return String(given);
  if (typeof given === 'function') return `the function ${given.name || '(anonymous)'}`;
  if (typeof given === 'object') return `an object of class ${given.constructor?.name ?? 'null'}`;
  return typeof given === 'string' ? JSON.stringify(given) : `${typeof given} ${String(given)}`;
}

function adviceFor(given: unknown): string {
  if (given === undefined) return 'Did the function forget to return its promise?';
  if (typeof given === 'function') return 'Call it.';
  if (typeof given === 'object' && given !== null && Symbol.iterator in given) {
    return 'For a coroutine or an event write `yield*` without it.';
  }
  return 'A value that is not a promise needs no wait: use it directly.';
}
