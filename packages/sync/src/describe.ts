import { describe, type Task } from '@escapement/core';

/** `lock "db"`, or `lock` if it has no name. */
export function titled(noun: string, name: string | undefined): string {
  return name === undefined ? noun : `${noun} ${describe(name)}`;
}

/** `task "writer"` */
export function titleOf(task: Task | undefined): string {
  return task === undefined ? 'code outside any task' : `task "${task.name}"`;
}
