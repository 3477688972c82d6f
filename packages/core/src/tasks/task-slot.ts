import type { Task } from './task.js';

/** @internal The slots of one task: a linked list, because as a rule there is one. */
export interface SlotEntry {
  readonly slot: unknown;
  value: unknown;
  readonly next: SlotEntry | undefined;
}

/**
 * Room for a value of type `V` on each task, for a policy's own state. Reading it takes no look-up in a map. Each policy
 * object makes a slot of its own, so several policies that wrap each other do not meet. When a task has ended, its slots are
 * emptied.
 *
 * @example
 * class Fair extends SchedulingPolicy {
 *   readonly #runTime = new TaskSlot<number>();
 *   override stepEnded(task: Task, ranFor: Duration) {
 *     this.#runTime.set(task, (this.#runTime.get(task) ?? 0) + ranFor);
 *   }
 * }
 */
export class TaskSlot<in out V> {
  /** The value on `task`; undefined if none was set, or `task` has ended. */
  get(task: Task): V | undefined {
    return this.#entryOf(task)?.value as V | undefined;
  }

  /** Does nothing if `task` has ended. */
  set(task: Task, value: V): void {
    const entry = this.#entryOf(task);
    if (entry !== undefined) entry.value = value;
    else if (!task.isEnded) task.extras.slots = { slot: this, value, next: task.extras.slots };
  }

  #entryOf(task: Task): SlotEntry | undefined {
    let entry = task.extras.slots;
    while (entry !== undefined && entry.slot !== this) entry = entry.next;
    return entry;
  }
}
