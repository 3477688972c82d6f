import {
  bodyFrom,
  type Coroutine,
  type CurrentTask,
  checkMaker,
  coroutine,
  currentTask,
  type LoopEvent,
  type Scope,
  scope,
  type Yieldable,
} from '@escapement/core';
import { TaskGroup } from './task-group.js';

/** What a group was opened with and came to. */
class Opened<E extends LoopEvent, T, F extends LoopEvent> {
  tasks: TaskGroup<E> | undefined = undefined;
  value: T | undefined = undefined;

  constructor(readonly body: (tasks: TaskGroup<E>) => Yieldable<T, F>) {}
}

/**
 * Opens a group of tasks, runs `body` with it, and evaluates to the body's value when the body and all tasks have ended. If one
 * fails, the others are cancelled, and the error is thrown here, as in a `scope`. `tasks.cancel()` ends the group without an error:
 * then it evaluates to `undefined`, unless the body had ended before. (In trio: a nursery; in anyio: a `TaskGroup`.)
 *
 * @throws NotAFunctionError, NotACoroutineError, besides what the body and the tasks throw
 * @example
 * yield* group(function* (tasks: TaskGroup<TimeEvent>) {
 *   const port = yield* tasks.start(server);
 *   tasks.spawn(pollEvery(1000));
 *   yield* runTests(port);
 *   tasks.cancel();
 * });
 */
export const group = /* @__PURE__ */ coroutine(function* group<T, F extends LoopEvent, E extends LoopEvent = never>(
  body: (tasks: TaskGroup<E>) => Yieldable<T, F>,
): Coroutine<T | undefined, E | F | Scope | CurrentTask> {
  checkMaker('group', body);
  const opened = new Opened(body);
  try {
    return yield* scope(run(opened), { caller: 'group', ended: task => opened.tasks!.ended(task) });
  } catch (error) {
    if (opened.tasks?.isQuiet(error)) return opened.value;
    throw error;
  }
});

function* run<E extends LoopEvent, T, F extends LoopEvent>(opened: Opened<E, T, F>): Coroutine<T, F | CurrentTask> {
  const { body } = opened;
  opened.tasks = new TaskGroup<E>(yield* currentTask());
  opened.value = yield* bodyFrom('group', body, opened.tasks);
  return opened.value;
}
