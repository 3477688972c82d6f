import type { Task } from './task.js';
import { NO_CHILDREN } from './task-family.js';

/** @internal `root` and its descendants that have not ended, parents first. */
export function* treeOf(
  root: Task,
  descendInto: (child: Task) => boolean = () => true,
): Generator<Task, void, undefined> {
  // Not recursive: a chain of tasks may be deeper than the host's stack.
  const tasks: Task[] = [root];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if (task.isEnded) continue;
    // Most tasks are leaves.
    const { children } = task;
    if (children !== NO_CHILDREN)
      for (const child of [...children].reverse()) if (descendInto(child)) tasks.push(child);
    yield task;
  }
}
