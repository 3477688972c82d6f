import { SchedulingPolicy } from '../extension-points/scheduling-policy.js';
import type { Task } from '../tasks/task.js';

/** First come, first served, in a ring buffer that grows by doubling. The default; O(1), no allocation per switch. */
export class FifoPolicy extends SchedulingPolicy {
  override readonly alias = 'fifo';
  // The capacity is a power of two, so `& mask` wraps around. The ring is full when the tail meets the head.
  #ring: (Task | undefined)[] = new Array(16).fill(undefined);
  #mask = 15;
  #head = 0;
  #tail = 0;

  override add(task: Task): void {
    this.#ring[this.#tail] = task;
    this.#tail = (this.#tail + 1) & this.#mask;
    if (this.#tail === this.#head) this.#grow();
  }

  override next(): Task | undefined {
    if (this.#head === this.#tail) return undefined;
    const task = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & this.#mask;
    return task;
  }

  #grow(): void {
    const size = this.#ring.length;
    const ring = this.#ring.slice(this.#head).concat(this.#ring.slice(0, this.#head));
    for (let n = 0; n < size; n++) ring.push(undefined);
    this.#ring = ring;
    this.#head = 0;
    this.#tail = size;
    this.#mask = 2 * size - 1;
  }
}
