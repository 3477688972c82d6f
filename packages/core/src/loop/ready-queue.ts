import { Fifo } from '../collections/fifo.js';
import { describe } from '../errors/describe.js';
import { checkCallback } from '../errors/invalid-argument-error.js';
import { PolicyError } from '../extension-points/errors.js';
import type { SchedulingPolicy } from '../extension-points/scheduling-policy.js';
import type { Wakeup } from '../extension-points/wakeup.js';
import type { Task } from '../tasks/task.js';
import type { TaskHost } from '../tasks/task-host.js';
import type { ReadyCause } from '../tasks/task-state.js';
import { treeOf } from '../tasks/task-tree.js';
import { FifoPolicy } from './fifo-policy.js';
import type { Hooks } from './instruments.js';

interface DeferredAction {
  readonly task: Task;
  readonly action: () => void;
  /** The number of tasks that come before it. */
  readonly place: number;
}

/** The most tasks that are taken from a policy that has failed: it may return one for ever. */
const MOST_DRAINED = 1_000_000;

/** @internal The ready tasks, in the policy's order, and the deferred actions between them. */
export class ReadyQueue {
  /** True while the strategy sleeps, or the host runs in a sleep. */
  isSleeping = false;
  /** Whose tasks these are. */
  host: TaskHost | undefined = undefined;
  /** What `policy.add` threw. A settled wait has no caller that could handle it. */
  #fault: PolicyError | undefined = undefined;
  /** The given policy, until it fails. */
  #policy: SchedulingPolicy;
  /** It failed in an earlier run, and may hold tasks of that. */
  #isPolicyStale = false;
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
  ) {
    this.#policy = policy;
  }

  /** False also if the policy has failed: the next turn throws that. */
  get isEmpty(): boolean {
    return this.#count === 0 && this.#deferredPlace === Infinity && this.#fault === undefined;
  }

  add(task: Task, cause: ReadyCause): void {
    this.#count++;
    try {
      this.#policy.add(task);
    } catch (error) {
      this.#count--;
      this.#fault ??= new PolicyError(this.policy.alias, `threw in add(): ${describe(error)}`, error);
    }
    // The host has settled an event or spawned a task during a sleep, which must end now.
    if (this.isSleeping) this.wakeup.request();
    if (this.hooks !== undefined) this.hooks.taskReady?.(task, cause);
  }

  /** Ends the sleep. */
  wake(): void {
    this.wakeup.request();
  }

  /** @throws what `policy.add` threw */
  throwFault(): void {
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault !== undefined) throw fault;
  }

  /** Runs `action` after the tasks that are ready now. */
  defer(task: Task, action: () => void): void {
    checkCallback('task.defer', action, 'a function');
    if (task.isEnded) return;
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
    if (task.isEnded) return;
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

  runStarted(): void {
    if (this.#isPolicyStale) this.#drainPolicy();
  }

  /** The policy has failed: goes on without it until the end of the run, first come, first served. */
  replacePolicy(root: Task): void {
    this.#drainPolicy();
    this.#policy = new FifoPolicy();
    this.#count = 0;
    this.#fault = undefined;
    for (const task of treeOf(root)) if (task.isReadyIn(this.host!)) this.#readd(task);
    this.#deferActionsAgain();
  }

  /** Nothing of this run must be left for the next. */
  runEnded(): void {
    this.#policy = this.policy;
    this.#count = 0;
    this.#fault = undefined;
    this.isSleeping = false;
    this.#deferred.clear();
    this.#deferredPlace = Infinity;
  }

  #next(): Task {
    this.#count--;
    this.#taken++;
    let task: Task | undefined;
    try {
      task = this.#policy.next();
    } catch (error) {
      throw new PolicyError(this.policy.alias, `threw in next(): ${describe(error)}`, error);
    }
    if (task?.isReadyIn?.(this.host!) === true) return task;
    throw new PolicyError(this.policy.alias, this.#problemWith(task));
  }

  #problemWith(task: Task | undefined): string {
    if (task === undefined) return `lost ${this.#count + 1} ready tasks`;
    if (typeof task?.isReadyIn !== 'function') return `returned ${describe(task)}, expected a task`;
    const problem = task.host === this.host ? `is ${task.state}, not ready` : 'belongs to another loop';
    return `returned task "${task.name}", which ${problem}`;
  }

  #readd(task: Task): void {
    this.#policy.add(task);
    this.#count++;
  }

  /** Behind the tasks that are ready now. */
  #deferActionsAgain(): void {
    const actions = this.#deferred.size;
    this.#deferredPlace = Infinity;
    for (let n = 0; n < actions; n++) {
      const { task, action } = this.#deferred.shift()!;
      this.defer(task, action);
    }
  }

  /** Takes from the policy what it still holds, so that it does not return it in the next run. */
  #drainPolicy(): void {
    this.#isPolicyStale = true;
    let failures = 0;
    for (let left = MOST_DRAINED; left > 0 && failures < 2 && this.#isPolicyStale; left--) {
      try {
        this.#isPolicyStale = this.policy.next() !== undefined;
      } catch {
        failures++;
      }
    }
  }
}
