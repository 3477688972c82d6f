import {
  type Clock,
  checkNumber,
  type Duration,
  type Instant,
  type Instrument,
  type Task,
  TaskSlot,
  warn,
} from '@escapement/core';
import { checkOptions } from './check-option.js';

/** How long a task may be ready before it is reported. */
export interface ReadyWatchOptions {
  /** Report tasks that are ready for longer than so many milliseconds; above 0. 100 by default. */
  readonly bound?: Duration;
}

/** A ready task's wait for its next step, in a list of all such waits, the oldest first. */
class ReadyWait {
  before: ReadyWait | undefined = undefined;
  after: ReadyWait | undefined = undefined;
  isListed = false;
  isReported = false;
  since: Instant = 0;
  /** The number of steps that had begun by then. */
  steps = 0;
  /** The number of tasks that were ready before it. */
  ahead = 0;
  /** The time of all steps that had ended by then. */
  busy: Duration = 0;

  constructor(readonly task: Task) {}
}

/** Tasks that are late for one reason. */
interface Finding {
  readonly code: string;
  readonly reason: string;
  /** The one that has waited longest. */
  readonly wait: ReadyWait;
  others: number;
}

/**
 * Reports ready tasks that wait too long for their next step, and why. A warning goes to the `warned` hook of the
 * instruments, or else to the console:
 *
 * - `ESC_STEP_HOGGED`: a single step took more than half of the bound meanwhile. It names that step's task.
 * - `ESC_TASK_STARVED`: the policy let tasks go first that had become ready later. It says in how many steps.
 * - `ESC_TASK_DELAYED`: neither; it says how much of the time steps took: there are too many tasks, or the time went to
 *   handlers, the host or the system.
 *
 * Each task is reported once per wait. Tasks that are found late together for the same reason share a warning.
 *
 * - **Cost**: O(1) per step and per task that becomes ready, three readings of the clock per step. About 150 bytes per task.
 * - **Choose it** to find out why something is late: it is off unless you install it.
 * - **Not** for the longest step alone: `debug` of `LoopOptions` reports slow steps, whoever waits.
 *
 * A wait is found when the next step ends, so a task that waits for a long step is reported after that.
 *
 * @throws InvalidArgumentError
 * @example new EventLoop({ strategy, policy, instruments: [new ReadyWatch(strategy.clock, { bound: 50 })] });
 */
export class ReadyWatch implements Instrument {
  readonly #bound: Duration;
  readonly #wait = new TaskSlot<ReadyWait>();
  #oldest: ReadyWait | undefined = undefined;
  #newest: ReadyWait | undefined = undefined;
  /** The oldest that was not reported. All before it were. */
  #oldestUnreported: ReadyWait | undefined = undefined;
  #count = 0;
  #reportedCount = 0;
  #steps = 0;
  #busy: Duration = 0;
  #stepStartedAt: Instant = 0;
  /** The last step that took more than half of the bound. Of an earlier one, nobody who waited is unreported. */
  #hog: { readonly task: Task; readonly took: Duration; readonly endedAt: Instant } | undefined = undefined;

  /** @param clock the loop's */
  constructor(
    private readonly clock: Clock,
    options: ReadyWatchOptions = {},
  ) {
    const { bound = 100 } = checkOptions('ReadyWatch', options, '{ bound: 50 }');
    this.#bound = checkNumber('ReadyWatch', 'bound', bound, given => given > 0, 'milliseconds, above 0');
  }

  runStarted(): void {
    this.#forgetAll();
  }

  runEnded(): void {
    this.#forgetAll();
  }

  taskReady(task: Task): void {
    let wait = this.#wait.get(task);
    if (wait === undefined) {
      wait = new ReadyWait(task);
      this.#wait.set(task, wait);
    }
    if (wait.isListed) this.#remove(wait);
    wait.isReported = false;
    wait.since = this.clock.now();
    wait.steps = this.#steps;
    wait.busy = this.#busy;
    wait.ahead = this.#count;
    this.#append(wait);
  }

  stepStarted(task: Task): void {
    const wait = this.#wait.get(task);
    if (wait?.isListed) this.#remove(wait);
    this.#steps++;
    this.#stepStartedAt = this.clock.now();
  }

  stepEnded(task: Task): void {
    const now = this.clock.now();
    const took = now - this.#stepStartedAt;
    this.#busy += took;
    if (took > this.#bound / 2) this.#hog = { task, took, endedAt: now };
    this.#report(now);
  }

  #report(now: Instant): void {
    const found: Finding[] = [];
    for (let wait = this.#oldestUnreported; wait !== undefined; wait = wait.after) {
      if (now - wait.since <= this.#bound) break;
      const why = this.#reasonFor(wait);
      const finding = found.find(({ code }) => code === why.code);
      if (finding === undefined) found.push({ ...why, wait, others: 0 });
      else finding.others++;
      wait.isReported = true;
      this.#reportedCount++;
      this.#oldestUnreported = wait.after;
    }
    for (const { code, reason, wait, others } of found) {
      const more = others === 0 ? '' : ` (and ${others} more)`;
      const waited = `task "${wait.task.name}"${more} was ready for ${shown(now - wait.since)} without a step`;
      warn(code, `${waited}: ${reason}`).attempt(wait.task);
    }
  }

  #reasonFor(wait: ReadyWait): { code: string; reason: string } {
    const hog = this.#hog;
    if (hog !== undefined && hog.endedAt - wait.since > this.#bound / 2) {
      const reason = `a step of task "${hog.task.name}" took ${shown(hog.took)}. Do less between two yield*, or add a yield* pause().`;
      return { code: 'ESC_STEP_HOGGED', reason };
    }
    // Of the tasks ahead of it, the reported ones still wait, and each of the others has run once since.
    const steps = this.#steps - wait.steps;
    const overtakers = steps - (wait.ahead - this.#reportedCount);
    if (overtakers > 0) {
      const reason = `the policy let tasks that became ready later go first in ${overtakers} of ${steps} steps. Give the task a higher rank, or choose a policy that starves none.`;
      return { code: 'ESC_TASK_STARVED', reason };
    }
    const reason = `${steps} steps of tasks that were ready before it took ${shown(this.#busy - wait.busy)} of that. Run fewer tasks at a time; if steps took little of it, look at handlers and at the host.`;
    return { code: 'ESC_TASK_DELAYED', reason };
  }

  #append(wait: ReadyWait): void {
    wait.before = this.#newest;
    wait.after = undefined;
    if (this.#newest === undefined) this.#oldest = wait;
    else this.#newest.after = wait;
    this.#newest = wait;
    this.#oldestUnreported ??= wait;
    wait.isListed = true;
    this.#count++;
  }

  #remove(wait: ReadyWait): void {
    const { before, after } = wait;
    if (before === undefined) this.#oldest = after;
    else before.after = after;
    if (after === undefined) this.#newest = before;
    else after.before = before;
    if (this.#oldestUnreported === wait) this.#oldestUnreported = after;
    if (wait.isReported) this.#reportedCount--;
    wait.before = wait.after = undefined;
    wait.isListed = false;
    this.#count--;
  }

  #forgetAll(): void {
    while (this.#oldest !== undefined) this.#remove(this.#oldest);
    this.#hog = undefined;
  }
}

function shown(time: Duration): string {
  return `${time.toFixed(1)} ms`;
}
