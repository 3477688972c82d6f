import { type Clock, type Instant, type Instrument, type LoopWarning, runningTask, type Task } from '@escapement/core';
import { Histogram } from './histogram.js';
import type { Measurements } from './measurements.js';
import { ReadyTimes } from './ready-times.js';

const MOST_CODES = 64;
const OTHER = 'other';

/**
 * Measures a loop, cheaply enough for production: `loop.metrics()` has what it measured. For one loop: the next gets its own. In a
 * wired loop: `metricsModule`.
 *
 * Cost: one read of the clock per step, and one per turn.
 *
 * @example
 * const strategy = new BusyWaitStrategy(new PerformanceClock());
 * const loop = new EventLoop({ strategy, handlers, instruments: [new LoopMeter(strategy.clock)] });
 * console.log(loop.metrics().readyDelay?.p99);
 */
export class LoopMeter implements Instrument {
  /** The last that the clock said. */
  #now: Instant = 0;
  /** The task of the last step, until it ends. */
  #last: Task | undefined;
  #isAsleep = false;
  /** When the present sleep is due; `Infinity` if it was due when it began, too. */
  #wakesAt: Instant = Infinity;
  readonly #readyTimes = new ReadyTimes();
  readonly #readyDelay = new Histogram();
  readonly #stepDuration = new Histogram();
  readonly #overshoot = new Histogram();
  readonly #tasks = { spawned: 0, succeeded: 0, failed: 0, cancelled: 0 };
  readonly #warnings = new Map<string, number>();
  #switches = 0;
  #sleeps = 0;
  #sleptFor = 0;
  #crashes = 0;

  /** @param clock the loop's */
  constructor(private readonly clock: Clock) {}

  /** What it has measured so far. */
  metrics(): Measurements {
    return {
      steps: this.#readyDelay.count,
      switches: this.#switches,
      sleeps: this.#sleeps,
      sleptFor: this.#sleptFor,
      overshoot: this.#overshoot.snapshot(),
      readyDelay: this.#readyDelay.snapshot(),
      stepDuration: this.#stepDuration.snapshot(),
      tasks: { ...this.#tasks },
      crashes: this.#crashes,
      warnings: Object.fromEntries(this.#warnings),
    };
  }

  runStarted(): void {
    this.#now = this.clock.now();
  }

  crashed(): void {
    this.#crashes++;
  }

  taskSpawned(): void {
    this.#tasks.spawned++;
  }

  taskReady(task: Task): void {
    // In a sleep the host runs, perhaps for long.
    this.#readyTimes.add(task.id, this.#isAsleep ? this.clock.now() : this.#now);
  }

  stepStarted(task: Task): void {
    const last = this.#last;
    // Within a turn, a step begins when the one before has ended: reading the clock costs as much as a step.
    if (last === undefined || runningTask() !== last) this.#now = this.clock.now();
    if (task !== last) {
      this.#last = task;
      this.#switches++;
    }
    this.#readyDelay.record(this.#now - this.#readyTimes.take(task.id));
  }

  stepEnded(): void {
    const now = this.clock.now();
    this.#stepDuration.record(now - this.#now);
    this.#now = now;
  }

  taskEnded(task: Task): void {
    this.#tasks[task.state as 'succeeded' | 'failed' | 'cancelled']++;
    if (task === this.#last) this.#last = undefined;
  }

  sleepStarted(until: Instant): void {
    this.#isAsleep = true;
    this.#sleeps++;
    this.#now = this.clock.now();
    this.#wakesAt = until > this.#now ? until : Infinity;
  }

  sleepEnded(): void {
    const now = this.clock.now();
    if (now >= this.#wakesAt) this.#overshoot.record(now - this.#wakesAt);
    this.#sleptFor += now - this.#now;
    this.#now = now;
    this.#isAsleep = false;
  }

  warningIssued({ code }: LoopWarning): void {
    const key = this.#warnings.has(code) || this.#warnings.size < MOST_CODES - 1 ? code : OTHER;
    this.#warnings.set(key, (this.#warnings.get(key) ?? 0) + 1);
  }
}
