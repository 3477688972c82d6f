import { describe, type Task } from '@escapement/core';

/** `lock "db"`, or `lock` if it has no name. */
export function titled(noun: string, name: string | undefined): string {
  return name === undefined ? noun : `${noun} ${describe(name)}`;
}

/** What messages, reports and `console.log` show by its text. */
export abstract class Titled {
  abstract toString(): string;

  /** @internal For `console.log` of Node and others, which would show the fields. */
  [Symbol.for('nodejs.util.inspect.custom') as never](): string {
    return this.toString();
  }
}

/** `task "writer"` */
export function titleOf(task: Task | undefined): string {
  return task === undefined ? 'code outside any task' : `task "${task.name}"`;
}
