import type { Yieldable } from './coroutine.js';
import { LoopCall, type LoopCaller } from './loop-call.js';
import type { LoopEvent } from './loop-event.js';
import type { Task } from './task.js';

export interface SpawnOptions {
  /** Names the task in errors and reports; `task-7` if left out. */
  readonly name?: string;
}

/** The event behind `spawn()`. */
export class Spawn<out T = unknown> extends LoopCall<Task<T>> {
  override get kind() {
    return 'spawn' as const;
  }

  constructor(
    readonly body: Yieldable<T, LoopEvent>,
    readonly options: SpawnOptions | undefined,
  ) {
    super();
  }

  /** @internal */
  override answer(loop: LoopCaller, task: Task): Task<T> {
    return loop.spawn(this.body, task, this.options?.name);
  }
}

/**
 * `yield* spawn(coroutine)` starts a child of the current task and evaluates to its `Task`. The child takes its first
 * step after the current one gave control back. Takes whatever `yield*` takes: `spawn(sleep(5))` is fine. The events of
 * the child count as events of the parent, so the loop's type covers them too.
 *
 * @throws NotACoroutineError, CoroutineReusedError
 * @example
 * const download = yield* spawn(fetchPage(url), { name: 'download' });
 * const page = yield* download.join();
 */
export function spawn<T, E extends LoopEvent>(
  body: Yieldable<T, E>,
  options?: SpawnOptions,
): Yieldable<Task<T>, E | Spawn> {
  // The iterator yields the Spawn alone; E is there for the type checker, as what the child will yield.
  return new Spawn(body, options) as Yieldable<Task<T>, Spawn>;
}
