import { checkMaker } from './body-of.js';
import type { Coroutine } from './coroutine.js';
import { creationHook } from './creation-hook.js';
import type { LoopEvent } from './loop-event.js';

/**
 * Wraps the generator function `fn`, so that a loop with `debug: true` warns (`ESC_NEVER_RUN`) when a coroutine of it was
 * created and never run: usually `yield*` is missing. Events need no wrapper. The result has the type of `fn`. Without
 * debug, a call costs one comparison.
 *
 * @example
 * export const fetchLoop = coroutine(function* fetchLoop(url: string): Coroutine<Page, Sleep> { ... });
 * @throws NotAFunctionError, NotACoroutineError if `fn` is async, or a class
 */
export function coroutine<F extends (...args: never[]) => Coroutine<unknown, LoopEvent>>(fn: F): F {
  checkMaker('coroutine', fn);
  function made(this: unknown): Coroutine<unknown, LoopEvent> {
    // biome-ignore lint/complexity/noArguments: a rest parameter would allocate an array for each call
    const args = arguments as unknown as never[];
    const body = fn.apply(this, args);
    if (creationHook !== undefined) creationHook.coroutineMade(body, made, args);
    return body;
  }
  Object.defineProperty(made, 'name', { value: fn.name });
  Object.defineProperty(made, 'length', { value: fn.length });
  return made as F;
}
