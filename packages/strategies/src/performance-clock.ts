import { Clock, type Instant } from '@escapement/core';
import { injectable } from 'inversify';

/** `performance.now()`: monotonic, in milliseconds since the process began, finer than a microsecond. */
@injectable()
export class PerformanceClock extends Clock {
  override now(): Instant {
    return performance.now();
  }
}
