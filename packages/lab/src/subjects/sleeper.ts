import type { Duration, Waits } from 'escapement';

/** Something that can let time pass, to be compared with others. */
export interface Sleeper {
  readonly name: string;
  /** A strategy sleeps through a loop; a baseline is what the host offers without one. */
  readonly kind: 'strategy' | 'baseline';
  /** Of a strategy: what it does with the thread. */
  readonly waits?: Waits;
  /** Sleeps `times` times, one after the other, each between `stopwatch.start(duration)` and `stopwatch.stop()`. */
  sleep(duration: Duration, times: number, stopwatch: Stopwatch): Promise<void>;
}

/** What every sleeper holds around each sleep, so that all are timed by the same code. */
export interface Stopwatch {
  /** Right before the sleep. */
  start(duration: Duration): void;
  /** Right after it. */
  stop(): void;
}
