import type { Instant } from '../events/instant.js';
import { type ContextEntry, ContextKey } from './context-entry.js';
import type { Task } from './task.js';
import type { SchedulingHints } from './task-spec.js';

// A context, because children inherit that at no cost.
const DEADLINE = /* @__PURE__ */ new ContextKey<Instant>('deadline', Infinity);

/** @internal What a new task inherits, with its own deadline if it has one. */
export function contextFor(parent: Task | undefined, hints: SchedulingHints | undefined): ContextEntry | undefined {
  const outer = parent?.context;
  return hints?.deadline === undefined ? outer : { key: DEADLINE, value: hints.deadline, outer };
}

/** @internal `Task.deadline`. */
export function deadlineOf(task: Task): Instant {
  let earliest = Infinity;
  for (let entry = task.context; entry !== undefined; entry = entry.outer) {
    if (entry.key !== DEADLINE) continue;
    // A limit may be moved. A deadline of `spawn` is fixed, and takes the place of those outside.
    if (typeof entry.value === 'number') return Math.min(earliest, entry.value);
    earliest = Math.min(earliest, (entry.value as Limiting).deadline);
  }
  return earliest;
}

/** What ends at its `deadline`, an instant on the loop's clock in milliseconds. */
interface Limiting {
  readonly deadline: Instant;
}

/**
 * Sets the deadline of `task`, and of the tasks that it spawns from now on, to `until` unless it is earlier already. It only
 * tells: `timeout`, which also cancels, calls this for its scope.
 *
 * @param until an instant on the loop's clock, in milliseconds; or an object whose `deadline` is read anew each time, so that
 *   it can be moved
 * @example limitDeadline(yield* currentTask(), (yield* now()) + 50);
 */
export function limitDeadline(task: Task, until: Instant | Limiting): void {
  const value = typeof until === 'number' ? { deadline: until } : until;
  task.context = { key: DEADLINE, value, outer: task.context };
}
