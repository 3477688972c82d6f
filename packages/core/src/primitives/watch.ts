import type { Yieldable } from '../events/coroutine.js';
import type { LoopEvent } from '../events/loop-event.js';
import { type Answer, ImmediateEvent } from '../tasks/immediate-event.js';
import type { Task } from '../tasks/task.js';
import type { Watch, WatchTarget } from '../tasks/watch.js';

/** The event behind `watch()`. */
export class StartWatch extends ImmediateEvent<Watch> {
  override get kind() {
    return 'start-watch' as const;
  }

  /** @internal */
  constructor(
    readonly event: LoopEvent,
    /** @internal */
    readonly target: WatchTarget<never>,
  ) {
    super();
  }

  override attempt(task: Task | undefined): Answer<Watch> | undefined {
    return task && { done: true, value: task.watch<never>(this.event as LoopEvent<never>, this.target) };
  }
}

/**
 * `yield* watch(event, target)` waits for `event` beside what the task does, and evaluates to a `Watch`, to cancel it with. When
 * the event comes, `target` is informed at once, inside of the handler's `resolve`; what must take its turn goes into
 * `task.defer`.
 *
 * @throws NoHandlerError at the `yield*`
 * @example
 * const task = yield* currentTask();
 * const alarm = yield* watch(sleep(50), { resolved: () => task.defer(() => log('late')), rejected: () => {} });
 * try { yield* work(); } finally { alarm.cancel(); }
 */
export function watch<R, E extends LoopEvent<R>>(event: E, target: WatchTarget<R>): Yieldable<Watch, E | StartWatch> {
  return new StartWatch(event, target) as Yieldable<Watch, StartWatch>;
}
