import type { Task } from './task.js';
import { TaskList } from './task-list.js';

/** @internal The children of a task that have not ended, and what became of the others as far as it matters. */
export class TaskFamily implements Iterable<Task> {
  readonly #children = new TaskList<Task>();
  #daemons: TaskList<Task> | undefined = undefined;
  #areDaemonsDismissed = false;
  /** Of a supervisor: the children whose failure failed nobody else. */
  readonly failed: Task[] = [];

  get isEmpty(): boolean {
    return this.#children.isEmpty && (this.#daemons === undefined || this.#daemons.isEmpty);
  }

  add(child: Task): void {
    this.#listFor(child).add(child);
  }

  remove(child: Task): void {
    this.#listFor(child).remove(child);
  }

  /** Cancels the daemons once nobody else is left. */
  dismissDaemons(): void {
    if (!this.#children.isEmpty || this.#areDaemonsDismissed) return;
    this.#areDaemonsDismissed = true;
    for (const daemon of this) daemon.cancel('all but the daemons are done');
  }

  /** The failures that nobody was told of. */
  unobservedErrors(): unknown[] {
    return this.failed.filter(child => !child.isObserved).map(child => child.failure);
  }

  *[Symbol.iterator](): Generator<Task, void, undefined> {
    yield* this.#children;
    if (this.#daemons !== undefined) yield* this.#daemons;
  }

  #listFor(child: Task): TaskList<Task> {
    if (!child.isDaemon) return this.#children;
    this.#daemons ??= new TaskList();
    return this.#daemons;
  }
}
