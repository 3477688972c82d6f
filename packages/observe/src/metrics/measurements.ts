import type { Duration } from '@escapement/core';
import type { DurationHistogram } from './histogram.js';

/** What a `LoopMeter` has measured since its loop was built. All numbers only grow. */
export interface Measurements {
  /** Steps that have begun: a task ran up to its next suspension. */
  readonly steps: number;
  /** Steps of another task than the step before. */
  readonly switches: number;
  /** How often the loop slept or let the host run. A strategy that spins is called again and again. */
  readonly sleeps: number;
  /** How long the loop has slept and let the host run. */
  readonly sleptFor: Duration;
  /** How much later than its deadline a sleep ended; only of sleeps that nothing ended before. */
  readonly overshoot: DurationHistogram;
  /** How long ready tasks waited for their step, counted from the start of the step, or the end of the sleep, in or after which they became ready. */
  readonly readyDelay: DurationHistogram;
  /** How long steps took. Its `max` is the longest time for which no other task, no timer and no handler got its turn. */
  readonly stepDuration: DurationHistogram;
  /** What became of tasks. Those that are left have not ended. */
  readonly tasks: TaskCounts;
  /** Faults of plugins and deadlocks. */
  readonly crashes: number;
  /** How often each warning came, by its code. From the 64th code on they count as `other`. */
  readonly warnings: Readonly<Record<string, number>>;
}

/** Counts of tasks. */
export interface TaskCounts {
  /** All that have begun. */
  readonly spawned: number;
  /** Ended with a value. */
  readonly succeeded: number;
  /** Ended with an error. */
  readonly failed: number;
  /** Ended by cancellation. */
  readonly cancelled: number;
}

declare module '@escapement/core' {
  interface LoopMetrics extends Partial<Measurements> {}
}
