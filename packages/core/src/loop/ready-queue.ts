import { PolicyError } from '../extension-points/errors.js';
import type { SchedulingPolicy } from '../extension-points/scheduling-policy.js';
import type { Wakeup } from '../extension-points/wakeup.js';
import type { ReadyCause } from '../tasks/task-state.js';
import type { Task } from '../tasks/task.js';
import { DeferredActions } from './deferred-actions.js';
import type { Hooks } from './instruments.js';

/** @internal The ready tasks, in the policy's order. */
export class ReadyQueue {
  readonly #policy: SchedulingPolicy;
  readonly #wakeup: Wakeup;
  /** True while the strategy has the thread, or the host has it on the strategy's behalf. */
  isSleeping = false;
  #count = 0;
  /** How many tasks were taken so far. */
  #taken = 0;
  readonly #deferred = new DeferredActions();

  constructor(policy: SchedulingPolicy, wakeup: Wakeup) {
    this.#policy = policy;
    this.#wakeup = wakeup;
  }

  get isEmpty(): boolean {
    return this.#count === 0 && this.#deferred.firstPlace === Infinity;
  }

  add(task: Task, _cause: ReadyCause): void {
    this.#count++;
    this.#policy.add(task);
    // The host settled an event, or spawned a task, while the strategy sleeps: the sleep must end.
    if (this.isSleeping) this.#wakeup.request();
  }

  /** Runs `action` when those that are ready now have been taken. */
  defer(task: Task, action: () => void): void {
    this.#deferred.add(task, action, this.#taken + this.#count);
    if (this.isSleeping) this.#wakeup.request();
  }

  /** Whether a deferred action comes before the next task. */
  get hasDeferred(): boolean {
    return this.#deferred.firstPlace <= this.#taken;
  }

  runDeferred(): void {
    this.#deferred.runFirst();
  }

  /** The task to resume next. One that has just paused goes on at once if no other is ready: there is nothing to decide. */
  nextAfter(paused: Task | undefined): Task | undefined {
    if (this.#count === 0) return paused;
    if (paused !== undefined) this.add(paused, 'paused');
    return this.#next();
  }

  #next(): Task {
    this.#count--;
    this.#taken++;
    let task: Task | undefined;
    try {
      task = this.#policy.next();
    } catch (error) {
      throw new PolicyError(this.#policy.alias, `threw in next(): ${error}`, error);
    }
    if (task === undefined) throw new PolicyError(this.#policy.alias, `lost ${this.#count + 1} ready tasks`);
    return task;
  }
}

/** @internal Calls `taskReady`. A class of its own, so that a loop without instruments pays nothing for that. */
export class WatchedReadyQueue extends ReadyQueue {
  readonly #hooks: Hooks;

  constructor(policy: SchedulingPolicy, wakeup: Wakeup, hooks: Hooks) {
    super(policy, wakeup);
    this.#hooks = hooks;
  }

  override add(task: Task, cause: ReadyCause): void {
    super.add(task, cause);
    this.#hooks.taskReady?.(task, cause);
  }

  override nextAfter(paused: Task | undefined): Task | undefined {
    // If it is alone it is never added.
    if (paused !== undefined && this.isEmpty) this.#hooks.taskReady?.(paused, 'paused');
    return super.nextAfter(paused);
  }
}
