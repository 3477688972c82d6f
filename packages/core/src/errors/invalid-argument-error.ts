import { EscapementError } from './escapement-error.js';

/** A function got an argument that it can do nothing with. The `code` says which one; subclasses have more to tell. */
export class InvalidArgumentError extends EscapementError {
  static override readonly name: string = 'InvalidArgumentError';
  override readonly code: `ESC_${string}`;

  /** @param fault who got what, and what was expected, and the likely fix: `map got 5, expected a list. Write [5].` */
  constructor(code: `ESC_${string}`, fault: string) {
    super(fault);
    this.code = code;
  }
}

/** A number of tasks, attempts, permits or places that makes no sense. */
export class InvalidCountError extends InvalidArgumentError {
  static override readonly name = 'InvalidCountError';

  constructor(what: string, given: unknown, expected: string, advice: string) {
    const shown = typeof given === 'number' ? String(given) : `${typeof given} ${String(given)}`;
    super('ESC_INVALID_COUNT', `${what} is ${shown}, expected ${expected}. ${advice}`);
  }
}

/**
 * For who takes a count from a user.
 *
 * @param what what the number counts and whose it is: `permits of a Semaphore`
 * @throws InvalidCountError
 */
export function checkCount(what: string, given: number, least: number, mayBeInfinite: boolean, advice: string): void {
  if (Number.isInteger(given) && given >= least) return;
  if (mayBeInfinite && given === Infinity) return;
  const expected = `a whole number, ${least} or more${mayBeInfinite ? ', or Infinity' : ''}`;
  throw new InvalidCountError(what, given, expected, advice);
}
