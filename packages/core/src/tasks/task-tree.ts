import type { Task } from './task.js';

/** @internal `root` and all below it that have not ended, each after its parent. */
export function* treeOf(
  root: Task,
  descendInto: (child: Task) => boolean = () => true,
): Generator<Task, void, undefined> {
  // A list instead of recursion: a chain of tasks may be deeper than the stack.
  const tasks: Task[] = [root];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if (task.isEnded) continue;
    for (const child of [...task.children].reverse()) if (descendInto(child)) tasks.push(child);
    yield task;
  }
}
