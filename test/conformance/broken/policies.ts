import { type PolicyAdapter, policyLaws } from '@escapement/conformance';
import { FifoPolicy, type ReadyCause, SchedulingPolicy, type Task } from '@escapement/core';
import type { Broken } from './zoo.js';

/** The highest priority first; of equal ones the first that came. Sound; starves the others, and does not say otherwise. */
export class PriorityPolicy extends SchedulingPolicy {
  override readonly alias: string = 'priority';
  protected readonly ready: Task[] = [];

  override add(task: Task, _cause?: ReadyCause): void {
    this.ready.push(task);
  }
  override next(): Task | undefined {
    if (this.ready.length === 0) return undefined;
    const best = this.ready.reduce((best, task) => (task.priority > best.priority ? task : best));
    this.ready.splice(this.ready.indexOf(best), 1);
    return best;
  }
}

class DropsCancelled extends PriorityPolicy {
  override add(task: Task): void {
    // "It will not run any more." But its clean-up has to.
    if (!task.isCancelled) super.add(task);
  }
}

class DoublesSpawned extends PriorityPolicy {
  override add(task: Task, cause?: ReadyCause): void {
    super.add(task);
    if (cause === 'cancelled' && task.priority > 0) super.add(task);
  }
}

class RingOverflows extends PriorityPolicy {
  override add(task: Task): void {
    if (this.ready.length === 64) this.ready.shift();
    super.add(task);
  }
}

class NeverEmpty extends FifoPolicy {
  #last: Task | undefined;
  override next(): Task {
    const next = super.next() ?? this.#last;
    this.#last = next;
    return next ?? ({ name: 'idle' } as Task);
  }
}

class KnowsThreeCauses extends PriorityPolicy {
  override add(task: Task, cause?: ReadyCause): void {
    if (cause === 'refused') throw new Error(`unknown cause: ${cause}`);
    super.add(task);
  }
}

class UnstableHeap extends PriorityPolicy {
  override next(): Task | undefined {
    this.ready.sort((a, b) => b.priority - a.priority);
    const first = this.ready.shift();
    // The last takes the place of the root, as in a heap.
    const last = this.ready.pop();
    if (last !== undefined) this.ready.unshift(last);
    return first;
  }
}

class ByChance extends PriorityPolicy {
  override next(): Task | undefined {
    return this.ready.splice(Math.floor(Math.random() * this.ready.length), 1)[0];
  }
}

class KeepsBooks extends PriorityPolicy {
  readonly #runs = new Map<Task, number>();
  override stepStarted(task: Task): void {
    this.#runs.set(task, (this.#runs.get(task) ?? 0) + 1);
  }
}

class CountsRuns extends FifoPolicy {
  #ended = 0;
  override taskEnded(task: Task): void {
    if (task.parent !== undefined) return;
    this.#ended++;
    // A table of the first run, which nobody made again.
    if (this.#ended > 1) throw new Error('no table for this run');
  }
}

const policy = (
  mistake: string,
  breaks: string,
  make: () => SchedulingPolicy,
  also: readonly string[] = [],
  promises: Partial<PolicyAdapter> = {},
): Broken => ({
  mistake,
  breaks,
  also,
  laws: runner => policyLaws(runner, { policy: make, ...promises }, { seed: 1 }),
});

const FAIR = { preferred: { priority: 5 }, neglected: { priority: 0 }, within: 100 };

export const policies: readonly Broken[] = [
  policy('gives something when it holds nothing', 'R1', () => new NeverEmpty(), ['R2']),
  {
    ...policy('drops tasks that are cancelled', 'R2', () => new DropsCancelled(), ['R3', 'R8']),
    says: /lost \d+ tasks that are ready: .*, cancelled/,
  },
  policy('takes some tasks in twice', 'R2', () => new DoublesSpawned(), ['R8']),
  policy('has room for 64 tasks', 'R2', () => new RingOverflows()),
  policy('throws at a cause that it does not know', 'R3', () => new KnowsThreeCauses(), ['R2', 'R8']),
  policy('says that ties are first come, first served, and has an unstable heap', 'R4', () => new UnstableHeap(), [], {
    ties: 'first-come',
  }),
  policy('promises a bound, and starves', 'R5', () => new PriorityPolicy(), [], { fairness: FAIR }),
  policy('says that it is repeatable, and throws dice', 'R6', () => new ByChance(), [], { repeatable: true }),
  policy('keeps books of tasks in a map', 'R7', () => new KeepsBooks()),
  policy('works for one run only', 'R8', () => new CountsRuns(), ['R3']),
];
