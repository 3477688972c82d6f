import type { Duration, Instant, Task } from 'escapement';

/** What a loop does: it sleeps, runs a step of a task, or does work of its own, such as polling handlers. */
export type Doing = 'sleep' | 'step' | 'own';

/** An uninterrupted piece of one of these. */
export interface Stretch {
  doing: Doing;
  start: Instant;
  end: Instant;
  /** For how long of it the thread was ready and had no core; null where the host does not tell. */
  noCore: Duration | null;
  /** Whose step it is. */
  task: Task | undefined;
}

/** The newest stretches of a loop, in a ring: the oldest are overwritten, so that recording makes no garbage. */
export class Stretches {
  readonly #ring: Stretch[] = [];
  #count = 0;

  /** @param capacity how many are kept */
  constructor(private readonly capacity: number) {}

  add(doing: Doing, start: Instant, end: Instant, noCore: Duration | null, task: Task | undefined): void {
    const index = this.#count++ % this.capacity;
    const slot = this.#ring[index];
    if (slot === undefined) {
      this.#ring.push({ doing, start, end, noCore, task });
      return;
    }
    slot.doing = doing;
    slot.start = start;
    slot.end = end;
    slot.noCore = noCore;
    slot.task = task;
  }

  /** Copies of those that ended after `from`, in the order of time. */
  since(from: Instant): Readonly<Stretch>[] {
    const found: Stretch[] = [];
    const oldest = Math.max(0, this.#count - this.capacity);
    for (let n = this.#count - 1; n >= oldest; n--) {
      const stretch = this.#ring[n % this.capacity]!;
      if (stretch.end <= from) break;
      found.push({ ...stretch });
    }
    return found.reverse();
  }
}
