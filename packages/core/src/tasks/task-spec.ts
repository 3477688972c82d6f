import type { Program } from '../events/coroutine.js';
import type { LoopEvent } from '../events/loop-event.js';
import type { Task } from './task.js';

/** @internal Its failure goes to its joiners only, not to its parent. */
export const ISOLATED = 1;
/** @internal A cancellation of its parent does not reach it. */
export const SHIELDED = 2;
/** @internal Its parent does not wait for it, and cancels it when the others are done. */
export const DAEMON = 4;
/** @internal The failure of a child does not fail it. */
export const SUPERVISOR = 8;
/** @internal Its body, or its last child, has ended by its cancellation. */
export const ENDS_CANCELLED = 16;
/** @internal Greater than all flags together. */
export const FLAGS_END = 32;

/** @internal */
export interface TaskSpec<out T = unknown> {
  readonly body: Program<T, LoopEvent>;
  /** The function that was called to spawn it, for errors. */
  readonly caller: string;
  readonly name?: string | undefined;
  readonly priority?: number | undefined;
  readonly flags: number;
  /** `SuperviseOptions.ended`. */
  readonly ended?: ((child: Task) => void) | undefined;
}
