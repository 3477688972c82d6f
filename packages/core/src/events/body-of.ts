import type { Program, Yieldable } from './coroutine.js';
import { creationHook } from './creation-hook.js';
import { NotACoroutineError, NotAFunctionError } from './errors.js';
import type { LoopEvent } from './loop-event.js';

/**
 * What to `yield*`, or to make a task of, for a program: itself, or what the function makes. The function is called here,
 * once. For a function of yours that takes a program.
 *
 * @param caller the function that was given the program, for the error
 * @param maker a function that has made the program, for the error
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
  if (typeof program === 'function') return bodyMadeBy(caller, program);
  if (!isYieldable(program)) throw new NotACoroutineError(caller, program, maker);
  return program;
}

function bodyMadeBy<T, E extends LoopEvent>(caller: string, make: () => Yieldable<T, E>): Yieldable<T, E> {
  checkCallable(caller, make);
  const made = make();
  if (!isYieldable(made)) throw new NotACoroutineError(caller, made, make);
  // It is for who called the function to run it, and no yield* is missing where it was made.
  creationHook?.handedOver(made);
  return made;
}

/**
 * For who makes programs by a function that was given, as `map` and `retry` do: whether it may be called for that. What it
 * returns then goes to `bodyOf`.
 *
 * @throws NotAFunctionError, NotACoroutineError
 */
export function checkMaker(caller: string, make: unknown): void {
  if (typeof make !== 'function') throw new NotAFunctionError(caller, make);
  checkCallable(caller, make);
}

/**
 * For who runs a program later: whether it is one, as far as can be said without calling it.
 *
 * @throws NotACoroutineError
 */
export function checkProgram(caller: string, program: unknown): void {
  if (typeof program === 'function') checkCallable(caller, program);
  else if (!isYieldable(program)) throw new NotACoroutineError(caller, program);
}

/** @internal The name of the function; undefined if it has none, or is none. */
export function programName(program: Program<unknown, LoopEvent>): string | undefined {
  return typeof program === 'function' && program.name !== '' ? program.name : undefined;
}

/** Called, an async function would have begun what it does, and a class would throw. */
// biome-ignore lint/complexity/noBannedTypes: whatever can be called
function checkCallable(caller: string, make: Function): void {
  const kind = (make as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
  if (kind === 'GeneratorFunction') return;
  if (kind !== undefined || isClass(make)) throw new NotACoroutineError(caller, make);
}

/** Of what `class` makes the prototype is fixed. Looking at its source text would take four times as long. */
function isClass(make: object): boolean {
  return Object.getOwnPropertyDescriptor(make, 'prototype')?.writable === false;
}

/** Lists and maps can be iterated over too, and what is in them are no steps of a coroutine. */
function isYieldable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { [Symbol.iterator]: iterate, next } = value as Partial<Generator>;
  if (typeof iterate !== 'function') return false;
  // A coroutine, as most are.
  if (typeof next === 'function') return true;
  return !(Array.isArray(value) || value instanceof Map || value instanceof Set || ArrayBuffer.isView(value));
}
