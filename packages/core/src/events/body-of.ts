import { isClass } from '../errors/describe.js';
import type { Program, Yieldable } from './coroutine.js';
import { creationHook } from './creation-hook.js';
import { NotACoroutineError, NotAFunctionError } from './errors.js';
import type { LoopEvent } from './loop-event.js';

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
  if (typeof program !== 'function') {
    if (!isYieldable(program)) throw new NotACoroutineError(caller, program, maker);
    return program;
  }
  checkCallable(caller, program);
  const made = program();
  if (!isYieldable(made)) throw new NotACoroutineError(caller, made, program);
  // Our caller runs it, so no yield* is missing where it was made.
  creationHook?.handedOver(made);
  return made;
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
 */
export function checkProgram(caller: string, program: unknown): void {
  if (typeof program === 'function') checkCallable(caller, program);
  else if (!isYieldable(program)) throw new NotACoroutineError(caller, program);
}

/** @internal The name of the function; undefined if the program is no function, or has no name. */
export function programName(program: Program<unknown, LoopEvent>): string | undefined {
  if (typeof program !== 'function') return undefined;
  // A function may have a static `name` of its own.
  const { name } = program as { name: unknown };
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** Refuses async functions, which would start their work when called, and classes, which would throw. */
// biome-ignore lint/complexity/noBannedTypes: anything callable
function checkCallable(caller: string, make: Function): void {
  const kind = (make as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
  if (kind === 'GeneratorFunction') return;
  if (kind !== undefined || isClass(make)) throw new NotACoroutineError(caller, make);
}

function isYieldable(value: unknown): boolean {
  if (value instanceof AnyGenerator) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { [Symbol.iterator]: iterate, next } = value as Partial<Generator>;
  if (typeof iterate !== 'function') return false;
  if (typeof next === 'function') return true;
  // Collections are iterable, too, but their items are no steps of a coroutine.
  return !(Array.isArray(value) || value instanceof Map || value instanceof Set || ArrayBuffer.isView(value));
}

/** @internal `instanceof` this needs no look-up of `next`, which V8 cannot cache for the generators of many functions. */
export const AnyGenerator = /* @__PURE__ */ Object.assign(function AnyGenerator() {}, {
  prototype: Object.getPrototypeOf(function* () {}).prototype as Generator,
}) as unknown as new () => Generator<unknown, never, unknown>;
