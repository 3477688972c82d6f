import { Fifo } from '../collections/fifo.js';
import { SchedulingPolicy } from '../extension-points/scheduling-policy.js';
import type { Task } from '../tasks/task.js';

/** First come, first served: the default policy. O(1), no allocation per switch. */
export class FifoPolicy extends SchedulingPolicy {
  override readonly alias = 'fifo';
  readonly #ready = new Fifo<Task>();

  override add(task: Task): void {
    this.#ready.push(task);
  }

  override next(): Task | undefined {
    return this.#ready.shift();
  }
}
