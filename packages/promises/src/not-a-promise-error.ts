import { describe, InvalidArgumentError } from '@escapement/core';

/** A function of this package got a value that is not a promise. */
export class NotAPromiseError extends InvalidArgumentError {
  static override readonly name = 'NotAPromiseError';

  /** @internal */
  constructor(caller: string, given: unknown) {
    super('ESC_NOT_A_PROMISE', `${caller} got ${describe(given)}, expected a promise. ${adviceFor(given)}`);
  }
}

/** @internal */
export function checkPromise(caller: string, given: unknown): void {
  if (isPromise(given)) return;
  throw new NotAPromiseError(caller, given);
}

/** @internal */
export function isPromise(given: unknown): given is PromiseLike<unknown> {
  return safely(() => typeof (given as PromiseLike<unknown> | null | undefined)?.then === 'function');
}

function adviceFor(given: unknown): string {
  if (given === undefined) return 'Did the function forget to return its promise?';
  if (typeof given === 'function') return 'Call it.';
  if (typeof given === 'object' && safely(() => Symbol.iterator in (given as object))) {
    return 'For a coroutine or an event write `yield*` without it.';
  }
  return 'A value that is not a promise needs no wait: use it directly.';
}

/** @internal Looking at what a user gives may throw, as with a revoked proxy. */
export function safely(look: () => boolean): boolean {
  try {
    return look();
  } catch {
    return false;
  }
}
