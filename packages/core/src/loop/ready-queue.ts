import { Fifo } from '../collections/fifo.js';
import { describe } from '../errors/describe.js';
import { checkCallback } from '../errors/invalid-argument-error.js';
import type { PolicyError } from '../extension-points/errors.js';
import type { SchedulingPolicy } from '../extension-points/scheduling-policy.js';
import type { Wakeup } from '../extension-points/wakeup.js';
import type { Task } from '../tasks/task.js';
import type { TaskHost } from '../tasks/task-host.js';
import type { ReadyCause } from '../tasks/task-state.js';
import { FifoPolicy } from './fifo-policy.js';
import type { GivenPolicy } from './given-policy.js';
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
  /** Whose tasks these are. */
  host: TaskHost | undefined = undefined;
  /** What `policy.add` threw. A settled wait has no caller that could handle it. */
  #fault: PolicyError | undefined = undefined;
  /** The given policy, until it fails. */
  #policy: SchedulingPolicy;
  /** Whether the policy is told of steps and ends: it is a given one, and has not failed. */
  tellsPolicy: boolean;
  #count = 0;
  /** The number of tasks taken so far. */
  #taken = 0;
  readonly #deferred = new Fifo<DeferredAction>();
  /** The place of the first deferred action; `Infinity` if there is none. */
  #deferredPlace = Infinity;

  constructor(
    private readonly given: GivenPolicy,
    private readonly wakeup: Wakeup,
    private readonly hooks: Hooks | undefined,
  ) {
    this.#policy = given.policy;
    this.tellsPolicy = given.isForeign;
  }

  /** False also if the policy has failed: the next turn throws that. */
  get isEmpty(): boolean {
    return this.#count === 0 && this.#deferredPlace === Infinity && this.#fault === undefined;
  }

  /** Whether `choose` asks anybody. */
  get chooses(): boolean {
    return this.tellsPolicy && this.given.chooses;
  }

  /** The policy's choice among `count`; the first if it makes none. Its fault ends the turn, as one of `add` does. */
  choose(count: number): number {
    try {
      return this.chooses ? this.given.choose(count) : 0;
    } catch (fault) {
      this.#fault ??= fault as PolicyError;
      return 0;
    }
  }

  add(task: Task, cause: ReadyCause): void {
    this.#count++;
    if (this.tellsPolicy) this.given.becameReady(task, this.isSleeping);
    try {
      this.#policy.add(task, cause);
    } catch (error) {
      this.#count--;
      this.#fault ??= this.given.fault(`threw in add(): ${describe(error)}`, error);
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

  /** The policy has failed: goes on without it until the end of the run, first come, first served. */
  replacePolicy(): void {
    if (this.#policy === this.given.policy) this.given.drain();
    this.tellsPolicy = false;
    this.#policy = new FifoPolicy();
    this.#count = 0;
    this.#fault = undefined;
    for (const task of this.given.all()) if (task.isReadyIn(this.host!)) this.#readd(task);
    this.#deferActionsAgain();
  }

  /** Nothing of this run must be left for the next. @returns a fault of the policy */
  runEnded(): PolicyError | undefined {
    const fault = this.tellsPolicy ? this.given.runEnded() : undefined;
    this.tellsPolicy = this.given.isForeign;
    this.#policy = this.given.policy;
    this.#count = 0;
    this.#fault = undefined;
    this.isSleeping = false;
    this.#deferred.clear();
    this.#deferredPlace = Infinity;
    return fault;
  }

  #next(): Task {
    this.#count--;
    this.#taken++;
    let task: Task | undefined;
    try {
      task = this.#policy.next();
    } catch (error) {
      throw this.given.fault(`threw in next(): ${describe(error)}`, error);
    }
    if (task?.isReadyIn?.(this.host!) === true) return task;
    throw this.given.faultOfReturning(task, this.host!);
  }

  #readd(task: Task): void {
    this.#policy.add(task, 'spawned');
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
}
