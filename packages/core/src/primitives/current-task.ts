import { bodyOf, checkProgram } from '../events/body-of.js';
import type { Coroutine, Program, Yieldable } from '../events/coroutine.js';
import { coroutine } from '../events/coroutine-function.js';
import type { LoopEvent } from '../events/loop-event.js';
import { type Answer, ImmediateEvent } from '../tasks/immediate-event.js';
import type { Task } from '../tasks/task.js';
import { appended } from '../tasks/task-extras.js';

/** The event of `currentTask()`. */
export class CurrentTask extends ImmediateEvent<Task> {
  override readonly kind = 'current-task';

  override attempt(task: Task | undefined): Answer<Task> | undefined {
    return task && { done: true, value: task };
  }
}

const CURRENT_TASK = new CurrentTask();

/** `yield* currentTask()` evaluates to the task that runs this coroutine. */
export function currentTask(): CurrentTask {
  return CURRENT_TASK;
}

/**
 * `yield* ensure(cleanup)` registers a program that runs when the current task ends, after its body and its children.
 * Clean-ups run shielded from cancellation, the last registered first. An error in one fails the task.
 *
 * @example
 * const file = yield* open(path);
 * yield* ensure(() => file.close());
 */
export const ensure = /* @__PURE__ */ coroutine(function* ensure<E extends LoopEvent>(
  cleanup: Program<unknown, E>,
): Coroutine<void, E | CurrentTask> {
  checkProgram('ensure', cleanup);
  const { extras } = yield* currentTask();
  extras.cleanups = appended(extras.cleanups, typeof cleanup === 'function' ? calling(cleanup) : cleanup);
});

/** Called inside of the clean-up's own task, which fails if the function throws. */
function* calling<E extends LoopEvent>(cleanup: () => Yieldable<unknown, E>): Coroutine<void, E> {
  yield* bodyOf('ensure', cleanup);
}

/**
 * `yield* onCancel(listener)` calls `listener` with the reason when the current task is cancelled, before `Cancelled` is
 * thrown; at once if it is cancelled already. For an AbortController or a child process. Evaluates to a function that
 * removes the listener. What the listener throws fails the task.
 */
export const onCancel = /* @__PURE__ */ coroutine(function* onCancel(
  listener: (reason: unknown) => void,
): Coroutine<() => void, CurrentTask> {
  const { cancelled, extras } = yield* currentTask();
  if (cancelled !== undefined) listener(cancelled.reason);
  extras.cancelListeners ??= new Set();
  extras.cancelListeners.add(listener);
  return () => extras.cancelListeners?.delete(listener);
});
