import { Fifo } from '../collections/fifo.js';
import { describe } from '../errors/describe.js';
import { PolicyError } from '../extension-points/errors.js';
import type { SchedulingPolicy } from '../extension-points/scheduling-policy.js';
import type { Wakeup } from '../extension-points/wakeup.js';
import type { Task } from '../tasks/task.js';
import type { ReadyCause } from '../tasks/task-state.js';
import type { Hooks } from './instruments.js';

interface DeferredAction {
  readonly task: Task;
  readonly action: () => void;
  /** The number of tasks that come before it. */
  readonly place: number;
}

/** @internal The ready tasks, in the policy's order, and the deferred actions between them. */
export class ReadyQueue {
  /** True while the strategy sleeps, or the host runs in a sleep. */
  isSleeping = false;
  #count = 0;
  /** The number of tasks taken so far. */
  #taken = 0;
  readonly #deferred = new Fifo<DeferredAction>();
  /** The place of the first deferred action; `Infinity` if there is none. */
  #deferredPlace = Infinity;

  constructor(
    private readonly policy: SchedulingPolicy,
    private readonly wakeup: Wakeup,
    private readonly hooks: Hooks | undefined,
  ) {}

  get isEmpty(): boolean {
    return this.#count === 0 && this.#deferredPlace === Infinity;
  }

  add(task: Task, cause: ReadyCause): void {
    this.#count++;
    this.policy.add(task);
    // The host has settled an event or spawned a task during a sleep, which must end now.
    if (this.isSleeping) this.wakeup.request();
    if (this.hooks !== undefined) this.hooks.taskReady?.(task, cause);
  }

  /** Runs `action` after the tasks that are ready now. */
  defer(task: Task, action: () => void): void {
    const place = this.#taken + this.#count;
    this.#deferred.push({ task, action, place });
    if (this.#deferredPlace === Infinity) this.#deferredPlace = place;
    if (this.isSleeping) this.wakeup.request();
  }

  /** Whether a deferred action comes before the next task. */
  get hasDeferred(): boolean {
    return this.#deferredPlace <= this.#taken;
  }

  runDeferred(): void {
    const { task, action } = this.#deferred.shift()!;
    this.#deferredPlace = this.#deferred.peek()?.place ?? Infinity;
    if (!task.isLive) return;
    try {
      action();
    } catch (error) {
      task.fail(error);
    }
  }

  /** The task to resume next. A task that has just paused goes on if no other is ready, without asking the policy. */
  nextAfter(paused: Task | undefined): Task | undefined {
    if (this.#count === 0) {
      if (this.hooks !== undefined && paused !== undefined) this.hooks.taskReady?.(paused, 'paused');
      return paused;
    }
    if (paused !== undefined) this.add(paused, 'paused');
    return this.#next();
  }

  #next(): Task {
    this.#count--;
    this.#taken++;
    let task: Task | undefined;
    try {
      task = this.policy.next();
    } catch (error) {
      throw new PolicyError(this.policy.alias, `threw in next(): ${describe(error)}`, error);
    }
    if (task === undefined) throw new PolicyError(this.policy.alias, `lost ${this.#count + 1} ready tasks`);
    return task;
  }
}
