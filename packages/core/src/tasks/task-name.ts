import type { Task } from './task.js';
import { SCOPE, SHIELDED, SUPERVISOR } from './task-spec.js';

/**
 * @internal Gives a name to a task that has none: `task-7`; to the loop's own tasks `scope of main`. In a scope of a scope the same,
 * because a name must not grow with each level.
 */
export function makeUpName(task: Task): string {
  task.ownName = task.has(SCOPE | SHIELDED) ? nameOfPart(task) : nameFrom(task.id);
  return task.ownName;
}

function nameOfPart(task: Task): string {
  let outer = task.parent!;
  // Not recursive: scopes may be nested deeper than the host's stack.
  while (outer.ownName === undefined && outer.has(SCOPE | SHIELDED)) outer = outer.parent!;
  return `${nounFor(task)} of ${outer.name.replace(/^(?:scope|shield|supervise|cleanup) of /, '')}`;
}

/** @internal What tells its name later, without the task: of one like `task-7` the number. */
export function nameOrId(task: Task): string | number {
  return task.ownName ?? (task.has(SCOPE | SHIELDED) ? task.name : task.id);
}

/** @internal */
export function nameFrom(nameOrId: string | number): string {
  return typeof nameOrId === 'number' ? `task-${nameOrId}` : nameOrId;
}

function nounFor(task: Task): string {
  if (!task.has(SCOPE)) return 'cleanup';
  if (task.has(SHIELDED)) return 'shield';
  return task.has(SUPERVISOR) ? 'supervise' : 'scope';
}
