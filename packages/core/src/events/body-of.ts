import { isClass, nameOf, tagOf } from '../errors/describe.js';
import { CheckedIterable } from './checked-iterable.js';
import type { Program, Yieldable } from './coroutine.js';
import { creationHook } from './creation-hook.js';
import { NotACoroutineError, NotAFunctionError } from './errors.js';
import { LoopEvent } from './loop-event.js';

/**
 * Turns a program into something to `yield*` or to spawn. If it is a function, calls it, once. Use it in functions that
 * take a program.
 *
 * @param caller the name of your function, for the error
 * @param maker the function that made the program, if one did, for the error
 * @throws NotACoroutineError
 * @example
 * function* twice<T, E extends LoopEvent>(program: () => Program<T, E>): Coroutine<[T, T], E> {
 *   return [yield* bodyOf('twice', program()), yield* bodyOf('twice', program())];
 * }
 */
export function bodyOf<T, E extends LoopEvent>(
  caller: string,
  program: Program<T, E>,
  maker?: (...args: never) => unknown,
): Yieldable<T, E> {
  if (typeof program === 'function') return bodyFrom(caller, program);
  const body = yieldableOf<T, E>(caller, program);
  if (body === undefined) throw new NotACoroutineError(caller, program, maker);
  return body;
}

/**
 * Like `bodyOf` for a function that gets arguments: calls `make`, once.
 *
 * @param caller the name of your function, for the error
 * @throws NotACoroutineError
 * @example const body = bodyFrom('withConnection', use, connection);
 */
export function bodyFrom<T, E extends LoopEvent, A extends readonly unknown[]>(
  caller: string,
  make: (...args: A) => Yieldable<T, E>,
  ...args: A
): Yieldable<T, E> {
  checkCallable(caller, make);
  const made = make(...args);
  const body = yieldableOf<T, E>(caller, made);
  if (body === undefined) throw new NotACoroutineError(caller, made, make);
  // Our caller runs it, so no yield* is missing where it was made.
  creationHook?.handedOver(made);
  return body;
}

/**
 * Checks a function that makes programs, like the argument of `map` or `retry`, without calling it. Pass what it returns
 * to `bodyOf`.
 *
 * @throws NotAFunctionError, NotACoroutineError
 */
export function checkMaker(caller: string, make: unknown): void {
  if (typeof make !== 'function') throw new NotAFunctionError(caller, make);
  checkCallable(caller, make);
}

/**
 * Checks a program that is run later, without calling it.
 *
 * @throws NotACoroutineError
 * @example checkProgram('new Schedule', program); // now, although it runs only tomorrow
 */
export function checkProgram(caller: string, program: unknown): void {
  if (typeof program === 'function') checkCallable(caller, program);
  else if (yieldableOf(caller, program) === undefined) throw new NotACoroutineError(caller, program);
}

/** The name of the function, for the task that runs it: see `spawnIn`. Undefined if the program is no function, or has no name. */
export function programName(program: Program<unknown, LoopEvent>): string | undefined {
  return typeof program === 'function' ? nameOf(program, '') || undefined : undefined;
}

/** Refuses async functions, which would start their work when called, and classes, which would throw. */
function checkCallable(caller: string, make: object): void {
  const kind = kindOf(make);
  if (kind === 'GeneratorFunction') return;
  if (REFUSED.includes(kind) || isClass(make)) throw new NotACoroutineError(caller, make);
}

const REFUSED: readonly unknown[] = ['AsyncFunction', 'AsyncGeneratorFunction', 'revoked proxy'];

// Not with `tagOf`, which takes longer: every spawn comes here, and to `yieldableOf`.
function kindOf(make: object): unknown {
  try {
    return (make as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  } catch {
    return 'revoked proxy';
  }
}

/** What to run, if `value` can be run. */
function yieldableOf<T, E extends LoopEvent>(caller: string, value: unknown): Yieldable<T, E> | undefined {
  try {
    if (isGenerator(value) || value instanceof LoopEvent || value instanceof CheckedIterable)
      return value as Yieldable<T, E>;
    if (typeof value !== 'object' || value === null || isCollection(value)) return undefined;
    const body = value as Yieldable<T, E>;
    return typeof body[Symbol.iterator] === 'function' ? new CheckedIterable(caller, body) : undefined;
  } catch {
    return undefined;
  }
}

/** Collections are iterable, too, but their items are no steps of a coroutine. */
function isCollection(value: object): boolean {
  return Array.isArray(value) || ArrayBuffer.isView(value) || COLLECTIONS.includes(tagOf(value));
}

const COLLECTIONS: readonly string[] = ['Map', 'Set', 'String', 'URLSearchParams', 'Headers', 'FormData'];

const GENERATOR = Object.getPrototypeOf(function* () {}).prototype as Generator<unknown, never, unknown>;
const GENERATOR_FUNCTION = Object.getPrototypeOf(function* () {}) as object;

// A generator function that is created in a loop makes generators of a hidden class of their own. V8 caches no look-up of a
// property in them, `instanceof` included: each takes a microsecond, as long as all the rest of a spawn. These do without.
const { getPrototypeOf } = Object;
const { next, throw: raise } = GENERATOR;

/** @internal Whether `value` is a generator of this realm, with nothing between it and its generator function. */
export function isGenerator(value: unknown): value is Generator<unknown, never, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    const prototype = getPrototypeOf(value);
    return prototype !== null && getPrototypeOf(prototype) === GENERATOR;
  } catch {
    // A revoked proxy.
    return false;
  }
}

/** Whether `program` makes a new generator in each call, so that calling it, as `bodyOf` does, cannot throw. */
export function isGeneratorFunction<P>(program: P): program is Extract<P, (...args: never) => unknown> {
  try {
    return typeof program === 'function' && getPrototypeOf(program) === GENERATOR_FUNCTION;
  } catch {
    return false;
  }
}

/** @internal `generator.next(message)`. */
export function nextOf<T>(generator: unknown, message: unknown): IteratorResult<unknown, T> {
  return next.call(generator as typeof GENERATOR, message) as IteratorResult<unknown, T>;
}

/** @internal `generator.throw(error)`. */
export function throwInto<T>(generator: unknown, error: unknown): IteratorResult<unknown, T> {
  return raise.call(generator as typeof GENERATOR, error) as IteratorResult<unknown, T>;
}
