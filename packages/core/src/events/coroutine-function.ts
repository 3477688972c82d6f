import { checkMaker } from './body-of.js';
import type { Coroutine } from './coroutine.js';
import { creationHook } from './creation-hook.js';
import type { LoopEvent } from './loop-event.js';

/**
 * The generator function `fn`, and in a loop with `debug: true` one that tells when a coroutine of it was made and never
 * run: `fetchLoop(url);` without `yield*` does nothing at all, and JavaScript does not complain. The warning has the code
 * `ESC_NEVER_RUN`. Events are watched by themselves, only generators need this.
 *
 * Without debug a call costs a comparison more. Whatever TypeScript knows of `fn` it knows of the result.
 *
 * @example
 * export const fetchLoop = coroutine(function* fetchLoop(url: string): Coroutine<Page, Sleep> { ... });
 */
export function coroutine<F extends (...args: never[]) => Coroutine<unknown, LoopEvent>>(fn: F): F {
  checkMaker('coroutine', fn);
  function made(this: unknown): Coroutine<unknown, LoopEvent> {
    // biome-ignore lint/complexity/noArguments: a rest parameter would make a list of them for each call
    const args = arguments as unknown as never[];
    const body = fn.apply(this, args);
    if (creationHook !== undefined) creationHook.coroutineMade(body, made, args);
    return body;
  }
  Object.defineProperty(made, 'name', { value: fn.name });
  Object.defineProperty(made, 'length', { value: fn.length });
  return made as F;
}
