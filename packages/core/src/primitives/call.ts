import { bodyOf, checkMaker } from '../events/body-of.js';
import type { Program, Yieldable } from '../events/coroutine.js';
import type { LoopEvent } from '../events/loop-event.js';
import { claimCoroutine } from '../tasks/claim-coroutine.js';
import type { Task } from '../tasks/task.js';
import { LoopCall, type LoopCaller } from './loop-call.js';

/** The event behind `call()`. */
export class Call<out T = unknown> extends LoopCall<T> {
  override readonly kind = 'call';

  /** @internal */
  constructor(
    readonly fn: (...args: never) => Program<T, LoopEvent>,
    readonly args: never,
  ) {
    super();
  }

  /** @internal The answer comes later: what the callee returns. Until then the task goes on with the callee. */
  override answer(_loop: LoopCaller, task: Task): T {
    const { fn, args } = this;
    checkMaker('call', fn);
    task.enter(claimCoroutine(bodyOf('call', fn(...args), fn), task, 'call'), fn.name);
    return undefined as T;
  }
}

/**
 * `yield* call(fn, ...args)` does what `yield* fn(...args)` does, but the loop keeps the stack: a resume goes straight to the
 * innermost coroutine, where `yield*` walks down through all of them, 25 ns each. For recursion and deep layers; a call
 * itself costs more, 170 ns where `yield*` takes 26.
 *
 * @example
 * function* walk(node: Node): Coroutine<void, Sleep | Call> {
 *   yield* visit(node);
 *   for (const child of node.children) yield* call(walk, child);
 * }
 */
export function call<A extends readonly unknown[], T, E extends LoopEvent>(
  fn: (...args: A) => Program<T, E>,
  ...args: A
): Yieldable<T, E | Call> {
  return new Call<T>(fn, args as never) as Yieldable<T, Call>;
}
