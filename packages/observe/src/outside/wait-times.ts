import {
  type Clock,
  checkArgument,
  checkNumber,
  type Duration,
  type Instant,
  type Instrument,
  type Task,
  TaskSlot,
} from '@escapement/core';

/** What `WaitTimes` notes. */
export interface WaitTimesOptions {
  /** Keep the last steps that take so many milliseconds or more; 100 by default. */
  readonly slowStep?: Duration;
}

/** A step that took long. */
export interface SlowStep {
  /** The name of the task. */
  readonly task: string;
  /** How long it took, in milliseconds. */
  readonly took: Duration;
  /** When it ended, on the loop's clock. */
  readonly endedAt: Instant;
}

declare module '@escapement/core' {
  interface LoopMetrics {
    /** The last ten slow steps, the oldest first: if the loop has a `WaitTimes`. */
    readonly slowSteps?: readonly SlowStep[];
  }
}

const MOST_KEPT = 10;

/**
 * Notes since when each task waits, is ready or runs, and keeps the last slow steps, so that `escapement-observe ps` and
 * `dumpOnSignal` can show them; `loop.dump()` shows the times, too. In a wired loop: `waitTimesModule`.
 *
 * Cost: three readings of the clock per step, and about 150 bytes per task. For one loop: the next gets its own.
 *
 * @throws InvalidArgumentError for wrong options
 * @example new EventLoop({ strategy, handlers, instruments: [new WaitTimes(strategy.clock)] });
 */
export class WaitTimes implements Instrument {
  readonly #slowStep: Duration;
  readonly #since = new TaskSlot<Instant>();
  #slowSteps: readonly SlowStep[] = [];
  #stepStartedAt: Instant = 0;

  /** @param clock the loop's */
  constructor(
    private readonly clock: Clock,
    options: WaitTimesOptions = {},
  ) {
    const { slowStep = 100 } = checkArgument('WaitTimes', options, 'object', 'options like { slowStep: 20 }');
    this.#slowStep = checkNumber('WaitTimes', 'slowStep', slowStep, given => given >= 0, 'milliseconds, 0 or more');
  }

  taskReady(task: Task): void {
    this.#since.set(task, this.clock.now());
  }

  stepStarted(): void {
    this.#stepStartedAt = this.clock.now();
  }

  stepEnded(task: Task): void {
    const now = this.clock.now();
    // The wait of a task that is ready again by now is over, and `taskReady` has noted that.
    if (task.state === 'waiting' || task.state === 'finishing') this.#since.set(task, now);
    const took = now - this.#stepStartedAt;
    if (took < this.#slowStep) return;
    this.#slowSteps = [...this.#slowSteps.slice(1 - MOST_KEPT), { task: task.name, took, endedAt: now }];
  }

  note(task: Task): string | undefined {
    const since = task.state === 'running' ? this.#stepStartedAt : this.#since.get(task);
    return since === undefined ? undefined : `since ${since.toFixed(1)} ms`;
  }

  metrics(): object {
    return { slowSteps: this.#slowSteps };
  }
}
