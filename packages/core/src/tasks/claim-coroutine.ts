import { AnyGenerator, bodyOf } from '../events/body-of.js';
import type { Program, Sent, Yieldable } from '../events/coroutine.js';
import type { LoopEvent } from '../events/loop-event.js';
import { CoroutineReusedError } from './errors.js';
import type { Task } from './task.js';

/** @internal The part of a generator that a task uses. */
export type Body<T = unknown> = Pick<Generator<unknown, T, Sent>, 'next' | 'throw'>;

type Claimable<T> = Generator<unknown, T, unknown> & { [owner]?: Task };

// A property of the generator: a WeakSet would cost ten times as much per spawn, and more memory than the task.
const owner = Symbol('escapement.owner');

/**
 * @internal Turns `program` into the body of `task`: calls a function, wraps what is no generator. Marks a generator with
 * its task, because nothing else tells a fresh generator from a used one.
 *
 * @throws NotACoroutineError, CoroutineReusedError, and what the function throws
 */
export function claimCoroutine<T>(program: Program<T, LoopEvent>, task: Task, caller: string): Body<T> {
  const body = bodyOf(caller, program);
  if (!isGenerator(body)) return new Delegate(body);
  const coroutine = body as Claimable<T>;
  if (coroutine[owner] !== undefined) throw new CoroutineReusedError(caller, coroutine[owner].name);
  coroutine[owner] = task;
  return coroutine;
}

function isGenerator(body: unknown): boolean {
  if (body instanceof AnyGenerator) return true;
  const { next, throw: raise } = body as Partial<Generator>;
  return typeof next === 'function' && typeof raise === 'function';
}

/** Equivalent to `function* () { return yield* body; }`, in a fifth of the memory. */
class Delegate<T> {
  readonly #body: Yieldable<T, LoopEvent>;
  #iterator: Iterator<unknown, T, Sent> | undefined = undefined;

  constructor(body: Yieldable<T, LoopEvent>) {
    this.#body = body;
  }

  next(message: Sent): IteratorResult<unknown, T> {
    this.#iterator ??= this.#body[Symbol.iterator]();
    return this.#iterator.next(message);
  }

  throw(error: unknown): IteratorResult<unknown, T> {
    if (this.#iterator?.throw === undefined) throw error;
    return this.#iterator.throw(error);
  }
}
