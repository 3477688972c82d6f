import type { Task } from './task.js';
import { NO_CHILDREN } from './task-family.js';
import { ISOLATED } from './task-spec.js';

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

/**
 * The children of `task` that were spawned and have not ended, oldest first, daemons last: without the tasks of its scopes.
 * @example const isIdle = spawnedBy(task).next().done;
 */
export function* spawnedBy(task: Task): Generator<Task, void, undefined> {
  for (const child of task.children) if (!child.has(ISOLATED)) yield child;
}
