import { SchedulingPolicy, type Task } from 'escapement';

/** Which of `count` ready tasks is next, counted in the order in which they became ready. */
export type Choice = (count: number) => number;

/** First come, first served: the order that the loop has by default. */
export const fifo: Choice = () => 0;

/** The same choices each time, for the same seed. */
export function randomOrder(seed: number): Choice {
  let state = seed >>> 0;
  return count => {
    if (count === 1) return 0;
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  };
}

/** Lets `choose` decide. A loop that is not explored never calls it for a task that paused while no other was ready. */
export class ChosenOrder extends SchedulingPolicy {
  override readonly alias = 'chosen';
  readonly #ready: Task[] = [];

  constructor(private readonly pick: Choice) {
    super();
  }

  override add(task: Task): void {
    this.#ready.push(task);
  }

  override next(): Task | undefined {
    return this.#ready.splice(this.pick(this.#ready.length), 1)[0];
  }
}
