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
  /** In the order in which they became ready. */
  readonly ready: Task[] = [];
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

  override add(task: Task, cause: ReadyCause): void {
    this.ready.push(task);
    if (cause === 'paused' && task === this.#last) this.#paused = task;
    else if (cause === 'spawned') this.reorderings?.spawned(task);
    else if (cause instanceof TimeEvent) this.#sleepers.push(task);
  }

  override next(): Task | undefined {
    const task = this.ready.length > 1 ? this.#choose() : this.ready.pop();
    if (task === this.#sleepers[0]) this.#sleepers.shift();
    return task;
  }

  #choose(): Task {
    const { ready } = this;
    const goesOn = ready.at(-1) === this.#paused && this.#inARow < MOST_IN_A_ROW;
    if (goesOn) moveToFront(ready);
    const candidates = this.#sleepers.length > 1 ? this.#candidates() : ready;
    if (candidates.length === 1) return this.#take(candidates[0]!);
    const chosen = this.oracle.choose(goesOn ? 'preempt' : 'next', candidates.length, candidates);
    const task = candidates[chosen]!;
    this.reorderings?.chosen(task, candidates);
    return this.#take(task);
  }

  /** Of the tasks that have slept only the first. */
  #candidates(): Task[] {
    const [, ...later] = this.#sleepers;
    return this.ready.filter(task => !later.includes(task));
  }

  #take(task: Task): Task {
    const { ready } = this;
    for (let place = ready.indexOf(task); place < ready.length - 1; place++) ready[place] = ready[place + 1]!;
    ready.length--;
    return task;
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

function moveToFront(tasks: Task[]): void {
  const moved = tasks[tasks.length - 1]!;
  for (let place = tasks.length - 1; place > 0; place--) tasks[place] = tasks[place - 1]!;
  tasks[0] = moved;
}
