import { Clock, type Instant } from '@escapement/core';

/** `performance.now()`: monotonic, in milliseconds since the process started, finer than a microsecond. */
export class PerformanceClock extends Clock {
  override now(): Instant {
    return performance.now();
  }
}
