import type { Instant } from '../events/instant.js';
import { type Answer, ImmediateEvent } from '../tasks/immediate-event.js';
import type { Task } from '../tasks/task.js';

/** The event behind `now()`. */
export class Now extends ImmediateEvent<Instant> {
  override readonly kind = 'now';

  override attempt(task: Task | undefined): Answer<Instant> | undefined {
    return task && { done: true, value: task.host.now() };
  }
}

const NOW = new Now();

/**
 * `yield* now()` is the present instant on the loop's clock. The task goes on at once; no other runs in between.
 *
 * @example const start = yield* now();
 */
export function now(): Now {
  return NOW;
}
