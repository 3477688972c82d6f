import { type ReadyCause, SchedulingPolicy, type Task } from '@escapement/core';
import { TimeEvent } from '@escapement/sleep';
import type { Reorderings } from '../reorderings.js';
import type { Cancellations } from './cancellations.js';
import type { Oracle } from './oracle.js';
import type { SlowSteps } from './slow-steps.js';

/** A task goes on after so many pauses in a row, unless another choice is made; then it is the turn of the others. */
export const MOST_IN_A_ROW = 40;

/**
 * Lets the oracle choose who is next. By itself a task that only pauses goes on; otherwise first come, first served. So a
 * schedule is described by few choices: those where it leaves that.
 *
 * Tasks that have slept keep their order among themselves, because the loop promises it: by their deadlines, equal ones as they were
 * made.
 */
export class OraclePolicy extends SchedulingPolicy {
  override readonly alias = 'explore';
  /**
   * In the order in which they became ready; in front the one that goes on. That one keeps its place while it runs, because it
   * most often comes back at once: see `#isFirstRunning`.
   */
  readonly #ready: Task[] = [];
  /** Whether the first of them runs, and is not ready. */
  #isFirstRunning = false;
  /** Those of them that have slept. */
  readonly #sleepers: Task[] = [];
  #last: Task | undefined;
  #inARow = 0;
  /** The last task, if it has only paused. */
  #paused: Task | undefined;

  constructor(
    private readonly oracle: Oracle,
    private readonly cancellations: Cancellations,
    private readonly slowSteps: SlowSteps,
    private readonly reorderings: Reorderings | undefined,
  ) {
    super();
  }

  /** At most `most` of the ready tasks. */
  others(most: number): Task[] {
    const from = this.#isFirstRunning ? 1 : 0;
    return this.#ready.slice(from, from + most);
  }

  override add(task: Task, cause: ReadyCause): void {
    if (cause === 'paused' && task === this.#last && this.#inARow < MOST_IN_A_ROW) this.#goesOn(task);
    else this.#ready.push(task);
    if (cause === 'spawned') this.reorderings?.spawned(task);
    else if (cause instanceof TimeEvent) this.#sleepers.push(task);
  }

  override next(): Task | undefined {
    this.#removeRunning();
    // A step that spawned without end has left too many to move them for each.
    if (this.oracle.stopped !== undefined) return this.#ready.pop();
    const task = this.#ready.length > 1 ? this.#choose() : this.#take(0);
    if (task === this.#sleepers[0]) this.#sleepers.shift();
    return task;
  }

  #choose(): Task {
    const ready = this.#ready;
    const candidates = this.#sleepers.length > 1 ? this.#candidates() : ready;
    if (candidates.length === 1) return this.#take(ready.indexOf(candidates[0]!));
    const kind = ready[0] === this.#paused ? 'preempt' : 'next';
    const chosen = this.oracle.choose(kind, candidates.length, candidates);
    const task = candidates[chosen]!;
    this.reorderings?.chosen(task, candidates);
    return this.#take(candidates === ready ? chosen : ready.indexOf(task));
  }

  /** Of the tasks that have slept only the first. */
  #candidates(): Task[] {
    const later = new Set(this.#sleepers);
    later.delete(this.#sleepers[0]!);
    return this.#ready.filter(task => !later.has(task));
  }

  #take(place: number): Task {
    const ready = this.#ready;
    const task = ready[place]!;
    if (place === 0) this.#isFirstRunning = true;
    else {
      for (let next = place + 1; next < ready.length; next++) ready[next - 1] = ready[next]!;
      ready.length--;
    }
    return task;
  }

  /** The last task has paused, and goes on by itself. */
  #goesOn(task: Task): void {
    if (!this.#isFirstRunning) this.#ready.unshift(task);
    this.#isFirstRunning = false;
    this.#paused = task;
  }

  /** The task that took the last step has not come back to its place in front. */
  #removeRunning(): void {
    if (this.#isFirstRunning) this.#ready.shift();
    this.#isFirstRunning = false;
  }

  override choose(count: number): number {
    return this.oracle.choose('select', count);
  }

  override stepStarted(task: Task): void {
    this.#inARow = task === this.#last ? this.#inARow + 1 : 0;
    this.#last = task;
    this.#paused = undefined;
    this.oracle.stepStarted(task);
  }

  override stepEnded(): void {
    this.slowSteps.offer();
    if (this.cancellations.areOpen) this.cancellations.offer(this.oracle);
  }
}
