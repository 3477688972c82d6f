import type { Task } from './task.js';
import { appended } from './task-extras.js';

/** @internal A promise for what becomes of a task. */
export function promiseFor<T>(task: Task<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const settle = () => {
      task.more.isObserved = true;
      if (task.hasSucceeded) resolve(task.value);
      else reject(task.failure);
    };
    if (task.isEnded) settle();
    else task.more.endListeners = appended(task.more.endListeners, settle);
  });
}
