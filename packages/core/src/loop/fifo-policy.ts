import { Fifo } from '../collections/fifo.js';
import { SchedulingPolicy } from '../extension-points/scheduling-policy.js';
import type { Task } from '../tasks/task.js';
import type { ReadyCause } from '../tasks/task-state.js';

/** First come, first served: the default policy. O(1), no allocation per switch. */
export class FifoPolicy extends SchedulingPolicy {
  override readonly alias = 'fifo';
  readonly #ready = new Fifo<Task>();

  // The cause is a parameter, so that a subclass may ask for it.
  override add(task: Task, _cause?: ReadyCause): void {
    this.#ready.push(task);
  }

  override next(): Task | undefined {
    return this.#ready.shift();
  }
}
