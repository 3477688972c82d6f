import type { Task } from './task.js';
import { appended } from './task-extras.js';
import { failureOf } from './task-failure.js';

/** @internal A promise for what becomes of a task. */
export function promiseFor<T>(task: Task<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const settle = () => {
      task.extras.isObserved = true;
      if (task.result.state === 'succeeded') resolve(task.result.value);
      else reject(failureOf(task));
    };
    if (task.isEnded) settle();
    else task.extras.endListeners = appended(task.extras.endListeners, settle);
  });
}
