import { describe } from '../errors/describe.js';
import type { Instant } from '../events/instant.js';
import type { Clock } from '../extension-points/clock.js';
import { PolicyError, type ReadyTask } from '../extension-points/errors.js';
import { SchedulingPolicy } from '../extension-points/scheduling-policy.js';
import type { Task } from '../tasks/task.js';
import type { TaskHost } from '../tasks/task-host.js';
import { FifoPolicy } from './fifo-policy.js';

/** The most tasks that are taken from a policy that has failed: it may return one for ever. */
const MOST_DRAINED = 1_000_000;

type Optional = 'choose' | 'stepStarted' | 'stepEnded' | 'taskEnded';

/** @internal A loop's policy: calls the methods that it overrides, and tells what it did wrong. */
export class GivenPolicy {
  /** False for the loop's own policy, which does not fail and keeps nothing on tasks. */
  readonly isForeign: boolean;
  /** Whether it makes choices. */
  readonly chooses: boolean;
  readonly #stepStarted: boolean;
  readonly #stepEnded: boolean;
  readonly #taskEnded: boolean;
  /** It failed in an earlier run, and may hold tasks of that. */
  #isStale = false;
  /** The last reading of the clock. Ages are exact to a turn. */
  #now: Instant = 0;

  /** @param all the tasks of the run that have not ended */
  constructor(
    readonly policy: SchedulingPolicy,
    private readonly clock: Clock,
    readonly all: () => Iterable<Task>,
  ) {
    this.isForeign = policy.constructor !== FifoPolicy;
    const has = (method: Optional) =>
      policy[method] !== undefined && policy[method] !== SchedulingPolicy.prototype[method];
    this.chooses = has('choose');
    this.#stepStarted = has('stepStarted');
    this.#stepEnded = has('stepEnded');
    this.#taskEnded = has('taskEnded');
  }

  turnStarted(now: Instant): void {
    this.#now = now;
  }

  /** Call it when something else than a step took time: that does not count as a step's. */
  skipTime(): void {
    if (this.#stepEnded) this.#readClock();
  }

  /** @throws PolicyError */
  choose(count: number): number {
    let chosen: number;
    try {
      chosen = this.policy.choose(count);
    } catch (error) {
      throw this.#faultIn('choose', error);
    }
    if (Number.isInteger(chosen) && chosen >= 0 && chosen < count) return chosen;
    throw this.fault(
      `returned ${describe(chosen)} from choose(${count}), expected a whole number from 0 to ${count - 1}`,
    );
  }

  /** @throws PolicyError */
  stepStarted(task: Task): void {
    if (!this.#stepStarted) return;
    try {
      this.policy.stepStarted(task);
    } catch (error) {
      throw this.#faultIn('stepStarted', error);
    }
  }

  /** @throws PolicyError */
  stepEnded(task: Task): void {
    if (!this.#stepEnded) return;
    const startedAt = this.#now;
    this.#readClock();
    try {
      this.policy.stepEnded(task, this.#now - startedAt);
    } catch (error) {
      throw this.#faultIn('stepEnded', error);
    }
  }

  /** @throws PolicyError */
  taskEnded(task: Task): void {
    if (!this.#taskEnded) return;
    try {
      this.policy.taskEnded(task);
    } catch (error) {
      throw this.#faultIn('taskEnded', error);
    }
  }

  /** @param isAsleep the clock has not been read since the sleep began */
  becameReady(task: Task, isAsleep: boolean): void {
    if (isAsleep) this.#readClock();
    task.extras.readySince = this.#now;
  }

  /** `next` returned what is no task whose turn it can be. */
  faultOfReturning(returned: Task | undefined, host: TaskHost): PolicyError {
    return this.fault(this.#problemWith(returned, host));
  }

  fault(problem: string, cause?: unknown): PolicyError {
    this.#readClock();
    return new PolicyError(this.policy.alias, problem, cause, this.#readyTasks());
  }

  runStarted(): void {
    if (this.#isStale) this.drain();
  }

  /** Takes out what a policy that has failed still holds, so that it does not return it in the next run. */
  drain(): void {
    this.#isStale = true;
    let failures = 0;
    for (let left = MOST_DRAINED; left > 0 && failures < 2 && this.#isStale; left--) {
      try {
        this.#isStale = this.policy.next() !== undefined;
      } catch {
        failures++;
      }
    }
  }

  /** All tasks have ended. @returns a fault if it holds one all the same */
  runEnded(): PolicyError | undefined {
    let left: Task | undefined;
    try {
      left = this.policy.next();
    } catch {
      // It was not to be called any more.
    }
    if (left === undefined) return undefined;
    this.drain();
    return this.fault(`still held ${shown(left)} when all tasks had ended`);
  }

  #readClock(): void {
    try {
      this.#now = this.clock.now();
    } catch {
      // The loop reads it soon, too, where it can end the run.
    }
  }

  #faultIn(method: Optional, error: unknown): PolicyError {
    return this.fault(`threw in ${method}(): ${describe(error)}`, error);
  }

  #problemWith(returned: Task | undefined, host: TaskHost): string {
    if (returned === undefined) return `lost ${plural(this.#readyTasks().length, 'ready task')}`;
    if (typeof returned?.isReadyIn !== 'function') return `returned ${describe(returned)}, expected a task`;
    const problem = returned.host === host ? `is ${returned.state}, not ready` : 'belongs to another loop';
    return `returned ${shown(returned)}, which ${problem}`;
  }

  #readyTasks(): ReadyTask[] {
    const ready: ReadyTask[] = [];
    for (const task of this.all()) {
      if (!task.isReadyIn(task.host)) continue;
      const age = this.isForeign ? Math.max(0, this.#now - task.extras.readySince) : 0;
      ready.push({ name: task.name, id: task.id, age });
    }
    return ready.sort((a, b) => b.age - a.age);
  }
}

function shown(task: Task): string {
  return typeof task?.isReadyIn === 'function' ? `task "${task.name}"` : describe(task);
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
