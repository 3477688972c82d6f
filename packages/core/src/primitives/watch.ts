import type { Yieldable } from '../events/coroutine.js';
import type { LoopEvent } from '../events/loop-event.js';
import { type Answer, ImmediateEvent } from '../tasks/immediate-event.js';
import type { Task } from '../tasks/task.js';
import type { Watch, WatchTarget } from '../tasks/watch.js';

/** The event of `watch()`. */
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
 * `yield* watch(event, target)` arms `event` without waiting for it, and evaluates to a `Watch`. When the event has
 * happened, `target` is informed inside of the handler's `resolve`: see `WatchTarget`. Cancel the watch when you no longer
 * need it.
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
