import type { Yieldable } from './coroutine.js';
import { LoopCall, type LoopCaller } from './loop-call.js';
import type { LoopEvent } from './loop-event.js';
import type { Task } from './task.js';
import { DAEMON, type Plan } from './task-plan.js';

export interface SpawnOptions {
  /** Names the task in errors and reports; `task-7` if left out. */
  readonly name?: string;
  /** The parent does not wait for it, and cancels it when its body and its other children are done. */
  readonly daemon?: boolean;
  /** For the scheduling policy, which decides what it means; 0 if left out. */
  readonly priority?: number;
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
  override answer(_loop: LoopCaller, task: Task): Task<T> {
    return task.spawn(planOf(this.body, this.options));
  }
}

/** @internal */
export function planOf<T>(body: Yieldable<T, LoopEvent>, options: SpawnOptions | undefined): Plan<T> {
  const { name, priority, daemon } = options ?? NO_OPTIONS;
  return { body, caller: 'spawn', name, priority, traits: daemon ? DAEMON : 0 };
}

const NO_OPTIONS: SpawnOptions = {};

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
