import { type Duration, type ReadyCause, SchedulingPolicy, type Task, TaskSlot } from '@escapement/core';
import { charge, Group, Member, place } from './fair-group.js';

/** A step counts as at least so many milliseconds. Else a task that pauses for ever starves others where the clock stands still. */
const LEAST_CHARGE: Duration = 0.001;
/** Beyond these, sums of run times become too coarse. */
const LEAST_WEIGHT = 1e-4;
const MOST_WEIGHT = 1e4;

/**
 * Divides the time of the thread by weights: that of the tasks and groups that have run least, compared to their weight, runs
 * next. The loop measures the time of each step.
 *
 * A task that is spawned with a `weight` is the root of a group: the tasks below it share what the group gets, as in Linux's
 * cgroups. A group counts among the tasks and groups beside it with its weight; a task that is not given one counts as 1,
 * beside its siblings and its parent. So a group's share does not depend on how many tasks it has. Weights count
 * from 0.0001 to 10,000; others as the nearest of these.
 *
 * - **Cost**: O(d * log n) for n ready tasks in groups d deep; one reading of the clock per step. No allocation per switch; one
 *   more object per task, two for the root of a group.
 * - **Promises**: while the same tasks and groups are ready, the times that they have run differ, divided by their weights, by
 *   no more than their longest steps do. None starves. Who has slept has not saved up time: it counts as one that has run
 *   as much as the one that has run least of those that are ready. A new task counts as one that has run as much as its parent.
 * - **Choose it** if several users or kinds of work share the thread, and none may crowd out the others.
 * - **Not** if some work is urgent: it gets its share, but no precedence. It divides time at the steps' ends: a long step is
 *   made up for later, and cannot be interrupted.
 *
 * This is Linux's Completely Fair Scheduler; its "vruntime" is `virtualTime` here.
 *
 * @example
 * const loop = createLoop(setTimeoutModule, fairModule);
 * await loop.run(function* () {
 *   yield* spawn(serve(paying), { weight: 3 });
 *   yield* spawn(serve(trial), { weight: 1 }); // a quarter of the time, however many tasks it spawns
 * });
 */
export class FairPolicy extends SchedulingPolicy {
  override readonly alias = 'fair';
  readonly #member = new TaskSlot<Member>();
  #top = new Group(undefined);
  /** Whose step runs. */
  #running: Member | undefined = undefined;
  /** What became ready in this step. It is placed when the step has been charged. */
  #arrived: Member[] = [];

  override add(task: Task, cause?: ReadyCause): void {
    if (cause === 'spawned' && task.parent === undefined) this.#startRun();
    let member = this.#member.get(task);
    if (member === undefined) {
      member = this.#join(task);
      this.#member.set(task, member);
    }
    if (this.#running === undefined) place(member);
    else this.#arrived.push(member);
  }

  override next(): Task | undefined {
    // Only if the loop gives up a run within a step.
    if (this.#running !== undefined) this.#endStep(this.#running, 0);
    this.#running = this.#top.take();
    return this.#running?.task;
  }

  // A task that pauses while no other is ready goes on without `next`.
  override stepStarted(task: Task): void {
    this.#running ??= this.#member.get(task);
  }

  override stepEnded(_task: Task, ranFor: Duration): void {
    if (this.#running !== undefined) this.#endStep(this.#running, ranFor);
  }

  /** What a run that was broken off has left does not count. */
  #startRun(): void {
    this.#top = new Group(undefined);
    this.#running = undefined;
    this.#arrived = [];
  }

  #endStep(member: Member, ranFor: Duration): void {
    this.#running = undefined;
    charge(member, ranFor > LEAST_CHARGE ? ranFor : LEAST_CHARGE);
    if (this.#arrived.length === 0) return;
    for (const arrived of this.#arrived) place(arrived);
    this.#arrived.length = 0;
  }

  #join(task: Task): Member {
    const parent = this.#nearestAbove(task);
    const outer = parent?.group ?? this.#top;
    if (task.weight === undefined) return new Member(outer, 1, parent, task);
    const weight = Math.min(Math.max(task.weight, LEAST_WEIGHT), MOST_WEIGHT);
    return new Member(new Group(new Member(outer, weight, parent, undefined)), 1, undefined, task);
  }

  /** Inside of another policy, this one may not know the parent. */
  #nearestAbove(task: Task): Member | undefined {
    for (let above = task.parent; above !== undefined; above = above.parent) {
      const member = this.#member.get(above);
      if (member !== undefined) return member;
    }
    return undefined;
  }
}
