import type { Task } from './task.js';

/** @internal `root` and its descendants that have not ended, parents first. */
export function* treeOf(
  root: Task,
  descendInto: (child: Task) => boolean = () => true,
): Generator<Task, void, undefined> {
  // Not recursive: a chain of tasks may be deeper than the host's stack.
  const tasks: Task[] = [root];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if (task.isEnded) continue;
    for (const child of [...task.children].reverse()) if (descendInto(child)) tasks.push(child);
    yield task;
  }
}
