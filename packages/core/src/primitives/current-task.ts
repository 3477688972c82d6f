import { bodyOf, checkProgram } from '../events/body-of.js';
import type { Coroutine, Program, Yieldable } from '../events/coroutine.js';
import { coroutine } from '../events/coroutine-function.js';
import type { LoopEvent } from '../events/loop-event.js';
import { type Answer, ImmediateEvent } from '../tasks/immediate-event.js';
import type { Task } from '../tasks/task.js';
import { appended } from '../tasks/task-extras.js';

/** The event behind `currentTask()`. */
export class CurrentTask extends ImmediateEvent<Task> {
  override readonly kind = 'current-task';

  override attempt(task: Task | undefined): Answer<Task> | undefined {
    return task && { done: true, value: task };
  }
}

const CURRENT_TASK = new CurrentTask();

/** `yield* currentTask()` is the task that runs this coroutine. */
export function currentTask(): CurrentTask {
  return CURRENT_TASK;
}

/**
 * `yield* ensure(cleanup)` runs a program at the end of the current task, however it ends: after its body and its
 * children, shielded from cancellation, the last one registered first. An error in it fails the task, as another error.
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

/** What the function throws, or makes that is no coroutine, is to fail the clean-up's own task. */
function* calling<E extends LoopEvent>(cleanup: () => Yieldable<unknown, E>): Coroutine<void, E> {
  yield* bodyOf('ensure', cleanup);
}

/**
 * `yield* onCancel(listener)` calls `listener` with the reason as soon as the current task is cancelled, before any of its
 * coroutines hears of it; at once if it is already. For what must be told synchronously: an AbortController, a child process.
 * Evaluates to a function that takes it back. What the listener throws fails the task.
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
