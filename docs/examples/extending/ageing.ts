import { checkArgument, checkNumber, type LoopModule, policyModule, SchedulingPolicy, type Task } from 'escapement';

export interface AgeingOptions {
  /** After so many steps of others, a task that waits counts as one priority higher; above 0. Default: 10. */
  readonly patience?: number;
}

interface Ready {
  readonly task: Task;
  /** Its priority as if it had waited since the first step of the run: what it has lost by coming later is taken off. */
  readonly rank: number;
}

/**
 * The highest priority first; of equal tasks, the one that became ready first. Who waits gets ahead, so no task starves.
 *
 * @throws InvalidArgumentError
 */
export class AgeingPolicy extends SchedulingPolicy {
  override readonly alias = 'ageing';
  /** The next one last. */
  readonly #ready: Ready[] = [];
  readonly #patience: number;
  #steps = 0;

  constructor(options: AgeingOptions = {}) {
    super();
    const { patience = 10 } = checkArgument('AgeingPolicy', options, 'object', 'options, like { patience: 5 }');
    this.#patience = checkNumber('AgeingPolicy', 'patience', patience, given => given > 0, 'a number of steps above 0');
  }

  override add(task: Task): void {
    const rank = task.priority - this.#steps / this.#patience;
    this.#ready.splice(this.#placeFor(rank), 0, { task, rank });
  }

  override next(): Task | undefined {
    this.#steps++;
    return this.#ready.pop()?.task;
  }

  /** Below the first that is not lower: that one came earlier, or is more urgent. */
  #placeFor(rank: number): number {
    let low = 0;
    let high = this.#ready.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ready[middle]!.rank < rank) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** @throws InvalidArgumentError */
export function ageing(options?: AgeingOptions): LoopModule {
  new AgeingPolicy(options); // wrong options are reported here, where they are written
  return policyModule(() => new AgeingPolicy(options));
}
