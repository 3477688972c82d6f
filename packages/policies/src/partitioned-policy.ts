import {
  checkArgument,
  checkCallback,
  type Duration,
  describe,
  InvalidArgumentError,
  type ReadyCause,
  SchedulingPolicy,
  type Task,
  TaskSlot,
} from '@escapement/core';
import { checkOptions } from './check-option.js';
import { PartError } from './part-error.js';

/** Which parts there are, and which policies order them and the tasks in each. */
export interface PartitionedOptions {
  /**
   * Whether a part begins with this task: it is the part's root, and the tasks below it belong to the part, except those of
   * parts that begin further down. Called once for each task, when it becomes ready for the first time.
   */
  readonly by: (task: Task) => boolean;
  /** Makes the policy that chooses among the parts, and the tasks that are in none. Called once. */
  readonly outer: () => SchedulingPolicy;
  /** Makes the policy that chooses among the tasks of a part. Called once for each part; each needs a policy of its own. */
  readonly inner: (root: Task) => SchedulingPolicy;
}

/** The tasks below a root. */
class Part {
  /** The number of its ready tasks. */
  ready = 0;
  /** Whether the outer policy holds its root. */
  isOutside = false;
  /** Whether the outer policy has ever got its root. */
  isKnown = false;

  constructor(
    readonly root: Task,
    readonly inner: SchedulingPolicy,
  ) {}
}

/** Policies that are used already: two parts must not share one. */
const used = new WeakSet<SchedulingPolicy>();

/** See `partitioned`. */
export class PartitionedPolicy extends SchedulingPolicy {
  override readonly alias = 'partitioned';
  readonly #by: (task: Task) => boolean;
  readonly #outer: SchedulingPolicy;
  readonly #inner: (root: Task) => SchedulingPolicy;
  /** The part of each task; null if it is in none. */
  readonly #part = new TaskSlot<Part | null>();
  /** The part whose task runs. The outer policy gets its root back when the step is charged. */
  #running: Part | undefined = undefined;
  /** How many tasks the outer policy holds. */
  #outside = 0;

  /** @throws InvalidArgumentError */
  constructor(options: PartitionedOptions) {
    super();
    const { by, outer, inner } = checkOptions('partitioned', options, '{ by, outer, inner }');
    this.#by = checkCallback('partitioned for `by`', by, 'a function from a task to true or false');
    this.#inner = checkCallback('partitioned for `inner`', inner, 'a function that makes a policy');
    this.#outer = unusedPolicy(
      'outer',
      checkCallback('partitioned for `outer`', outer, 'a function that makes a policy')(),
    );
  }

  override add(task: Task, cause: ReadyCause): void {
    if (cause === 'spawned' && task.parent === undefined) this.#startRun();
    const part = this.#partOf(task);
    if (part === null) {
      this.#addOutside(task, cause);
      return;
    }
    part.inner.add(task, cause);
    part.ready++;
    if (part !== this.#running) this.#showPart(part, cause);
  }

  override next(): Task | undefined {
    // Only if the loop gives up a run within a step.
    if (this.#running !== undefined) this.#stepIsOver(this.#running);
    if (this.#outside === 0) return undefined;
    this.#outside--;
    const chosen = this.#outer.next();
    const part = chosen === undefined ? undefined : this.#part.get(chosen);
    if (part === null) return chosen;
    if (part?.isOutside !== true) throw new PartError('outer', this.#outer, chosen, undefined);
    part.isOutside = false;
    this.#running = part;
    return this.#nextOf(part);
  }

  // A task that pauses while no other is ready goes on without `next`.
  override stepStarted(task: Task): void {
    const part = this.#part.get(task) ?? undefined;
    this.#running = part;
    this.#outer.stepStarted?.(part?.root ?? task);
    part?.inner.stepStarted?.(task);
  }

  override stepEnded(task: Task, ranFor: Duration): void {
    const part = this.#running;
    part?.inner.stepEnded?.(task, ranFor);
    this.#outer.stepEnded?.(part?.root ?? task, ranFor);
    if (part !== undefined) this.#stepIsOver(part);
  }

  override taskEnded(task: Task): void {
    const part = this.#part.get(task) ?? undefined;
    part?.inner.taskEnded?.(task);
    if (part === undefined || part.root === task) this.#outer.taskEnded?.(task);
  }

  #partOf(task: Task): Part | null {
    const known = this.#part.get(task);
    if (known !== undefined) return known;
    const part = this.#isRoot(task) ? this.#newPart(task) : this.#partAbove(task);
    this.#part.set(task, part);
    return part;
  }

  #isRoot(task: Task): boolean {
    const by = this.#by;
    const isRoot = by(task);
    if (typeof isRoot === 'boolean') return isRoot;
    const fault = `\`by\` of partitioned returned ${describe(isRoot)} for task "${task.name}", expected true or false.`;
    throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
  }

  #newPart(root: Task): Part {
    const make = this.#inner;
    return new Part(root, unusedPolicy('inner', make(root)));
  }

  /** Inside of another policy, this one may not know the parent. */
  #partAbove(task: Task): Part | null {
    for (let above = task.parent; above !== undefined; above = above.parent) {
      const part = this.#part.get(above);
      if (part !== undefined) return part;
    }
    return null;
  }

  #addOutside(task: Task, cause: ReadyCause): void {
    this.#outer.add(task, cause);
    this.#outside++;
  }

  /** The outer policy gets the root, to whichever task of the part the cause applies. */
  #showPart(part: Part, cause: ReadyCause): void {
    if (part.isOutside) return;
    this.#addOutside(part.root, part.isKnown && cause === 'spawned' ? 'paused' : cause);
    part.isOutside = part.isKnown = true;
  }

  #stepIsOver(part: Part): void {
    this.#running = undefined;
    if (part.ready > 0) this.#showPart(part, 'paused');
  }

  #nextOf(part: Part): Task {
    part.ready--;
    const task = part.inner.next();
    if (task !== undefined && this.#part.get(task) === part) return task;
    throw new PartError('inner', part.inner, task, part.root);
  }

  /** What a run that was broken off has left does not count. */
  #startRun(): void {
    this.#running = undefined;
    for (; this.#outside > 0; this.#outside--) this.#outer.next();
  }
}

function unusedPolicy(option: 'outer' | 'inner', policy: SchedulingPolicy): SchedulingPolicy {
  const caller = `partitioned for what \`${option}\` returned`;
  checkArgument(caller, policy, 'object', 'a scheduling policy');
  for (const method of ['add', 'next'] as const) {
    checkArgument(`${caller}, for its method ${method},`, policy[method], 'function', 'a function');
  }
  if (used.has(policy)) {
    const fault = `partitioned got the policy '${policy.alias}' from \`${option}\` a second time, expected a new one for each part. Write \`${option}: () => new ...\`.`;
    throw new InvalidArgumentError('ESC_POLICY_SHARED', fault);
  }
  used.add(policy);
  return policy;
}

/**
 * Composes two policies: the tasks of a part of the tree are one entity to the outer policy, which sees the part's root task
 * in their place; the inner policy orders them among themselves. Tasks that are in no part are the outer policy's directly.
 *
 * Any policy can be outside or inside, also another `partitioned`. The outer policy goes by the root's `priority`, `deadline`
 * and `weight`, and gets the run times of all tasks of the part as the root's. It gets the root also while that itself sleeps.
 *
 * - **Cost**: that of the outer policy and of the inner one, and one reading of the clock per step.
 * - **Promises**: what the outer policy promises to a task, it promises to the part; what the inner policy promises holds
 *   among the part's tasks, in the steps that the part gets. An ended part leaves nothing behind.
 * - **Choose it** if parts of a program need orders of their own: requests fair among tenants, by deadline within each.
 * - **Not** only for shares: in `FairPolicy`, a task with a `weight` is a group already.
 *
 * @throws InvalidArgumentError
 * @example
 * const policy = partitioned({
 *   by: task => task.name === 'tenant',
 *   outer: () => new FairPolicy(),
 *   inner: () => new EarliestDeadlineFirstPolicy(),
 * });
 */
export function partitioned(options: PartitionedOptions): PartitionedPolicy {
  return new PartitionedPolicy(options);
}
