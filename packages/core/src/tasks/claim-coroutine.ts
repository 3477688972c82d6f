import { bodyOf, isGenerator, isGeneratorFunction } from '../events/body-of.js';
import { CheckedIterable } from '../events/checked-iterable.js';
import type { Program, Sent, Yieldable } from '../events/coroutine.js';
import { creationHook } from '../events/creation-hook.js';
import { rethrown, rethrows } from '../events/event-iterator.js';
import { isEvent, type LoopEvent } from '../events/loop-event.js';
import { CoroutineReusedError } from './errors.js';
import type { Task } from './task.js';

/** @internal The part of a generator that a task uses. */
export type Body<T = unknown> = Pick<Generator<unknown, T, Sent>, 'next' | 'throw'>;

type Claimable = { [owner]?: Task };

// A property of the generator: a WeakSet would cost ten times as much per spawn, and more memory than the task.
const owner = Symbol('escapement.owner');
/** The frozen ones. */
const unmarked = new WeakMap<object, Task>();
let hasUnmarked = false;

/**
 * @internal Turns `program` into the body of `task`: calls a function, wraps what is no generator. Marks a generator that it
 * was given with its task, because nothing else tells a fresh generator from a used one. One that a generator function has
 * made in this call is nobody else's.
 *
 * @throws NotACoroutineError, CoroutineReusedError, and what the function throws
 */
export function claimCoroutine<T>(program: Program<T, LoopEvent>, task: Task, caller: string): Body<T> {
  if (isGenerator(program)) return marked(program, task, caller);
  if (isEvent(program)) return new Delegate(program as Yieldable<T, LoopEvent>);
  if (isGeneratorFunction(program)) return freshBody(program, caller);
  const body = bodyOf(caller, program);
  if (isGenerator(body)) return marked(body, task, caller);
  // A generator of another realm runs once, too.
  if (body instanceof CheckedIterable && isLikeGenerator(body.inner)) marked(body.inner, task, caller);
  return new Delegate(body);
}

/** @internal Whether `body`, which came of `program`, is a generator of this realm: those are resumed in the quickest way. */
export function isPlainGenerator(body: Body, program: Program<unknown, LoopEvent>): boolean {
  return (body as unknown) === program || (typeof program === 'function' && isGenerator(body));
}

/** @internal The body of a task that is over: it must not keep what its own refers to. */
export const ENDED_BODY = (function* () {})() as Generator<never, never, unknown>;

function freshBody<T>(make: () => Yieldable<T, LoopEvent>, caller: string): Body<T> {
  const made = make();
  creationHook?.handedOver(made);
  // A proxy of a generator function may return anything.
  return isGenerator(made) ? made : new Delegate(bodyOf(caller, made, make));
}

function marked<C extends object>(coroutine: C, task: Task, caller: string): C {
  const claimable = coroutine as Claimable;
  const before = claimable[owner] ?? (hasUnmarked ? unmarked.get(coroutine) : undefined);
  if (before !== undefined) throw new CoroutineReusedError(caller, before.name);
  if (Object.isExtensible(coroutine)) claimable[owner] = task;
  else {
    unmarked.set(coroutine, task);
    hasUnmarked = true;
  }
  return coroutine;
}

function isLikeGenerator(body: object): boolean {
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
    if (this.#iterator === undefined || rethrows(this.#iterator)) return rethrown(error) as never;
    if (this.#iterator.throw === undefined) throw error;
    return this.#iterator.throw(error);
  }
}
