import { Fifo } from '../collections/fifo.js';
import type { Task } from '../tasks/task.js';

interface Deferred {
  readonly task: Task;
  readonly action: () => void;
  /** The number of tasks that come before it. */
  readonly place: number;
}

/** @internal Actions that run between the steps of tasks. */
export class DeferredActions {
  readonly #queue = new Fifo<Deferred>();
  /** `Infinity` if there is none. */
  firstPlace = Infinity;

  add(task: Task, action: () => void, place: number): void {
    this.#queue.push({ task, action, place });
    if (this.firstPlace === Infinity) this.firstPlace = place;
  }

  runFirst(): void {
    const { task, action } = this.#queue.shift()!;
    this.firstPlace = this.#queue.peek()?.place ?? Infinity;
    if (!task.isLive) return;
    try {
      action();
    } catch (error) {
      task.fail(error);
    }
  }
}
