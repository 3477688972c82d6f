import { EscapementError } from '../errors/escapement-error.js';

/** Errors that the loop made and has not thrown into their coroutine: their stacks have none of its lines. */
const unplaced = new WeakSet<object>();
let hasUnplaced = false;

/** @internal The stack of `error` shall show the `yield` that it is thrown at. */
export function placeAtYield(error: Error): void {
  unplaced.add(error);
  hasUnplaced = true;
}

/** @internal The same, if `error` says that a program is none: it was made in the loop, which has run no code of the program yet. */
export function placeIfNoProgram(error: unknown): void {
  if (error instanceof EscapementError && NO_PROGRAM.includes(error.code)) placeAtYield(error);
}

const NO_PROGRAM: readonly string[] = ['ESC_NOT_A_COROUTINE', 'ESC_NOT_A_FUNCTION', 'ESC_COROUTINE_REUSED'];

/** @internal Whether it was not thrown so far. */
export function isUnplaced(error: unknown): error is Error {
  return hasUnplaced && unplaced.has(error as object);
}

/** @internal Captures the stack anew, if it is still to be placed: the coroutine is on the host's stack now. */
export function placeHere(error: unknown, below: unknown): void {
  if (!isUnplaced(error)) return;
  unplaced.delete(error);
  const { captureStackTrace } = Error as { captureStackTrace?(into: object, below: unknown): void };
  captureStackTrace?.(error, below);
}

/** @internal Adds frames of the coroutine on top of the stack, if it is still to be placed. */
export function placeAt(error: Error, frames: readonly string[]): void {
  if (!unplaced.delete(error) || typeof error.stack !== 'string') return;
  const { stack } = error;
  const firstFrame = stack.search(/\n +at /);
  const end = firstFrame < 0 ? stack.length : firstFrame;
  error.stack = [stack.slice(0, end), ...frames].join('\n') + stack.slice(end);
}
