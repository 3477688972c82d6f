import { checkCallback } from '../errors/invalid-argument-error.js';
import { bodyOf, checkProgram } from '../events/body-of.js';
import type { Coroutine, Program } from '../events/coroutine.js';
import { coroutine } from '../events/coroutine-function.js';
import type { LoopEvent } from '../events/loop-event.js';
import { claimCoroutine } from '../tasks/claim-coroutine.js';
import type { ContextEntry } from '../tasks/context-entry.js';
import { type Answer, ImmediateEvent } from '../tasks/immediate-event.js';
import type { Task } from '../tasks/task.js';
import { appended } from '../tasks/task-extras.js';
import { SetContext } from './context.js';

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
 * Clean-ups run shielded from cancellation, the last registered first, each in the context in which it was registered. An
 * error in one fails the task; the others run.
 *
 * @throws NotACoroutineError, CoroutineReusedError at the `yield*`
 * @example
 * const file = yield* open(path);
 * yield* ensure(() => file.close());
 */
export const ensure = /* @__PURE__ */ coroutine(function* ensure<E extends LoopEvent>(
  cleanup: Program<unknown, E>,
): Coroutine<void, E | CurrentTask> {
  checkProgram('ensure', cleanup);
  const task = yield* currentTask();
  // Refused here if it runs already: when the clean-ups run, nobody could handle that.
  if (typeof cleanup !== 'function') claimCoroutine(cleanup, task, 'ensure');
  task.extras.cleanups = appended(task.extras.cleanups, cleaning(cleanup, task.context));
});

/** The body of the clean-up's own task, which fails if `cleanup` cannot be started. */
function* cleaning<E extends LoopEvent>(
  cleanup: Program<unknown, E>,
  context: ContextEntry | undefined,
): Coroutine<unknown, E | SetContext | CurrentTask> {
  yield* new SetContext(() => context);
  const body = bodyOf('ensure', cleanup);
  if (body !== cleanup) claimCoroutine(body, yield* currentTask(), 'ensure');
  return yield* body;
}

/**
 * `yield* onCancel(listener)` calls `listener` with the reason when the current task is cancelled, before `Cancelled` is
 * thrown; at once if it is cancelled already. For an AbortController or a child process. Evaluates to a function that
 * removes the listener. What the listener throws fails the task.
 * @throws InvalidArgumentError if `listener` is no function, or a generator function
 * @example
 * const child = execFile('sleep', ['60']);
 * const removeListener = yield* onCancel(() => child.kill());
 */
export const onCancel = /* @__PURE__ */ coroutine(function* onCancel(
  listener: (reason: unknown) => void,
): Coroutine<() => void, CurrentTask> {
  checkCallback('onCancel', listener, 'a function that takes the reason');
  const { cancelled, extras } = yield* currentTask();
  if (cancelled !== undefined) listener(cancelled.reason);
  extras.cancelListeners ??= new Set();
  // Not the listener itself: it may be registered twice, and each registration is removed alone.
  const own = (reason: unknown) => listener(reason);
  extras.cancelListeners.add(own);
  return () => extras.cancelListeners?.delete(own);
});
