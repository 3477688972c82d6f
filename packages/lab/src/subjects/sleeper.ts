import type { Duration, Waits } from 'escapement';

/** A way to sleep that can be measured. */
export interface Sleeper {
  /** For the tables. */
  readonly name: string;
  /** A strategy sleeps through a loop; a baseline is what the host offers without one. */
  readonly kind: 'strategy' | 'baseline';
  /** For a strategy: what it does with the thread. */
  readonly waits?: Waits;
  /** Sleeps `times` times, one after the other, each between `stopwatch.start(duration)` and `stopwatch.stop()`. */
  sleep(duration: Duration, times: number, stopwatch: Stopwatch): Promise<void>;
}

/** Times each sleep; all sleepers use the same one. */
export interface Stopwatch {
  /** Right before the sleep. */
  start(duration: Duration): void;
  /** Right after it. */
  stop(): void;
}
