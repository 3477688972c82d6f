import type { Program } from '../events/coroutine.js';
import type { LoopEvent } from '../events/loop-event.js';
import type { Task } from './task.js';

/** @internal Its failure goes to the tasks that wait for it, and not to its parent. */
export const ISOLATED = 1;
/** @internal A cancellation of its parent does not reach it. */
export const SHIELDED = 2;
/** @internal Its parent does not wait for it, and cancels it when all else is done. */
export const DAEMON = 4;
/** @internal A child that fails does not cancel the others, nor the body. */
export const SUPERVISOR = 8;
/** @internal Its run crashed, and it will never end. */
export const ABANDONED = 16;
/** @internal All flags are below this. */
export const FLAGS_END = 32;

/** @internal What a task is made of. */
export interface TaskSpec<out T = unknown> {
  readonly body: Program<T, LoopEvent>;
  /** The function that somebody called, for errors. */
  readonly caller: string;
  readonly name?: string | undefined;
  readonly priority?: number | undefined;
  readonly flags: number;
  /** Of a supervisor: called at the end of each task that it spawned. */
  readonly ended?: ((child: Task) => void) | undefined;
}
