import { describe, tagOf } from './describe.js';
import { EscapementError } from './escapement-error.js';

/** A function was called with an argument that it cannot use. */
export class InvalidArgumentError extends EscapementError {
  static override readonly name: string = 'InvalidArgumentError';
  override readonly code: `ESC_${string}`;

  /** @param fault who got what, what was expected, and the likely fix: `map got 5, expected a list. Write [5].` */
  constructor(code: `ESC_${string}`, fault: string) {
    super(fault);
    this.code = code;
  }
}

/** A count (of tasks, attempts, permits, places) that is out of range. */
export class InvalidCountError extends InvalidArgumentError {
  static override readonly name = 'InvalidCountError';

  constructor(what: string, given: unknown, expected: string, advice: string) {
    super('ESC_INVALID_COUNT', `${what} is ${describe(given)}, expected ${expected}. ${advice}`);
  }
}

/**
 * Checks a count that a function got as an argument.
 *
 * @param what what is counted, and of what: `permits of a Semaphore`
 * @throws InvalidCountError
 * @example checkCount('workers of the pool', workers, 1, false, 'For one after the other pass 1.');
 */
export function checkCount(what: string, given: number, least: number, mayBeInfinite: boolean, advice: string): void {
  if ((Number.isInteger(given) && given >= least) || (mayBeInfinite && given === Infinity)) return;
  const expected = `a whole number, ${least} or more${mayBeInfinite ? ', or Infinity' : ''}`;
  throw new InvalidCountError(what, given, expected, advice);
}

/**
 * Checks a number that is an option or an argument.
 *
 * @param caller the name of your function, for the error
 * @param expected a phrase for the error: `a number above 0`
 * @returns `given`
 * @throws InvalidArgumentError unless `given` is a number for which `isValid` says yes
 * @example this.#weight = checkNumber('new Share', 'weight', weight, given => given > 0, 'a number above 0');
 */
export function checkNumber(
  caller: string,
  option: string,
  given: number,
  isValid: (given: number) => boolean,
  expected: string,
): number {
  if (typeof given === 'number' && isValid(given)) return given;
  const fault = `${caller} got ${describe(given)} for \`${option}\`, expected ${expected}.`;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}

type Type = 'object' | 'function' | 'string' | 'number';

/**
 * Checks the type of an argument. Null is no object, and neither is a revoked proxy.
 *
 * @param caller the name of your function, for the error
 * @param expected a phrase for the error: `a function that takes the error`
 * @returns `given`
 * @throws InvalidArgumentError
 * @example const { size } = checkArgument('new Pool', options, 'object', 'options like { size: 4 }');
 */
export function checkArgument<T>(caller: string, given: T, type: Type, expected: string): T {
  if (typeof given === type && !isUnreadable(given) && given !== null) return given;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', `${caller} got ${describe(given)}, expected ${expected}.`);
}

/**
 * Checks a function that is called and not run as a program: the body of a generator function would never run there.
 *
 * @throws InvalidArgumentError
 * @example checkCallback('watchFolder', listener, 'a function that takes a path');
 */
export function checkCallback<T>(caller: string, given: T, expected: string): T {
  // By far the most, and every timeout comes here three times. Generator functions have a prototype of their own.
  if (typeof given === 'function' && prototypeOf(given) === Function.prototype) return given;
  checkArgument(caller, given, 'function', expected);
  if (!tagOf(given).endsWith('GeneratorFunction')) return given;
  const fault = `${caller} got ${describe(given)}, expected ${expected}. It is only called, so write \`function\` without \`*\`; it cannot wait.`;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}

/** @internal Whether it is an object whose properties can be read. */
export function isReadable(given: unknown): boolean {
  return typeof given === 'object' && given !== null && !isUnreadable(given);
}

function isUnreadable(given: unknown): boolean {
  const isObject = typeof given === 'object' || typeof given === 'function';
  return isObject && given !== null && prototypeOf(given) === undefined;
}

/** Undefined for a revoked proxy. Without `safely`, whose closure would take longer than all the rest. */
function prototypeOf(given: object): object | null | undefined {
  try {
    return Object.getPrototypeOf(given) as object | null;
  } catch {
    return undefined;
  }
}
