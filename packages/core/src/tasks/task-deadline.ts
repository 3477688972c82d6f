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
  let entry = task.context;
  while (entry !== undefined && entry.key !== DEADLINE) entry = entry.outer;
  return entry === undefined ? Infinity : (entry.value as Instant);
}

/**
 * Sets the deadline of `task`, and of the tasks that it spawns from now on, to `until` unless it is earlier already. It only
 * tells: `timeout`, which also cancels, calls this for its scope.
 *
 * @param until an instant on the loop's clock, in milliseconds
 * @example limitDeadline(yield* currentTask(), (yield* now()) + 50);
 */
export function limitDeadline(task: Task, until: Instant): void {
  task.context = { key: DEADLINE, value: Math.min(until, deadlineOf(task)), outer: task.context };
}
