import type { Instant } from '../events/instant.js';
import { type Answer, ImmediateEvent } from '../tasks/immediate-event.js';
import type { Task } from '../tasks/task.js';

/** The event of `now()`. */
export class Now extends ImmediateEvent<Instant> {
  override readonly kind = 'now';

  override attempt(task: Task | undefined): Answer<Instant> | undefined {
    return task && { done: true, value: task.host.now() };
  }
}

const NOW = new Now();

/**
 * `yield* now()` evaluates to the present instant on the loop's clock, without a suspension.
 *
 * @example const start = yield* now();
 */
export function now(): Now {
  return NOW;
}
