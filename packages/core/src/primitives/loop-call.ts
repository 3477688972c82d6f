import { LoopEvent } from '../events/loop-event.js';
import type { Instant } from '../extension-points/instant.js';
import type { LoopWarning } from '../extension-points/loop-warning.js';
import type { Task } from '../tasks/task.js';

/** @internal What the loop offers to its own calls. */
export interface LoopCaller {
  now(): Instant;
  warn(warning: LoopWarning): void;
}

/**
 * An event that the loop answers at once: the same task goes on, no other runs in between. Only the kernel makes these;
 * a plugin's event has a handler.
 */
export abstract class LoopCall<out R> extends LoopEvent<R> {
  /** @internal */
  abstract answer(loop: LoopCaller, task: Task): R;
}
