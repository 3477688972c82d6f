import type { Yieldable } from './coroutine.js';
import { CoroutineReusedError, NotACoroutineError } from './errors.js';
import type { LoopEvent } from './loop-event.js';
import type { Task } from './task.js';

type Claimable<T> = Generator<unknown, T, unknown> & { [owner]?: Task };

// A mark on the generator itself: a WeakSet costs ten times as much per spawn, and more memory than the task.
const owner = Symbol('escapement.owner');

/**
 * The generator that runs `body`, claimed by `task` for ever: nothing tells a fresh generator from a used one.
 * What is no generator (an event, say) is wrapped in one.
 */
export function claimCoroutine<T>(
  body: Yieldable<T, LoopEvent>,
  task: Task,
  caller: string,
): Generator<unknown, T, unknown> {
  if (!isGenerator(body)) {
    if (typeof body !== 'object' || body === null || !(Symbol.iterator in body)) {
      throw new NotACoroutineError(caller, body);
    }
    return delegate(body);
  }
  const coroutine = body as Claimable<T>;
  if (coroutine[owner] !== undefined) throw new CoroutineReusedError(caller, coroutine[owner].name);
  coroutine[owner] = task;
  return coroutine;
}

function isGenerator(body: unknown): boolean {
  const { next, throw: raise } = (body ?? {}) as Partial<Generator>;
  return typeof next === 'function' && typeof raise === 'function';
}

function* delegate<T>(body: Yieldable<T, LoopEvent>): Generator<unknown, T, unknown> {
  return yield* body;
}
