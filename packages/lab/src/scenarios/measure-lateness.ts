import type { Duration, Instant } from 'escapement';
import { Latenesses } from '../statistics/latenesses.js';
import { ProcessorTime } from '../statistics/processor-time.js';
import type { Sleeper, Stopwatch } from '../subjects/sleeper.js';

/** How late a sleeper woke, and what that cost. */
export class LatenessMeasurement {
  /** How late, for each sleep. */
  readonly latenesses = new Latenesses();
  /** How much of a processor all of them took. */
  readonly processor = new ProcessorTime();
}

/**
 * Sleeps `times` times and adds the results to `measurement`.
 *
 * Lateness is `now - (start + duration)` when the sleeper resumes, on Node's clock, whatever clock a strategy has.
 *
 * @returns `measurement`
 */
export async function measureLateness(
  sleeper: Sleeper,
  duration: Duration,
  times: number,
  measurement = new LatenessMeasurement(),
): Promise<LatenessMeasurement> {
  const stopwatch = new LatenessStopwatch(measurement.latenesses);
  // One sleep that is not recorded warms the caches after the previous sleeper.
  await sleeper.sleep(duration, 1, IDLE);
  await measurement.processor.during(() => sleeper.sleep(duration, times, stopwatch));
  return measurement;
}

class LatenessStopwatch implements Stopwatch {
  readonly #latenesses: Latenesses;
  #target: Instant = 0;

  constructor(latenesses: Latenesses) {
    this.#latenesses = latenesses;
  }

  start(duration: Duration): void {
    this.#target = performance.now() + duration;
  }

  stop(): void {
    this.#latenesses.record(performance.now() - this.#target);
  }
}

const IDLE: Stopwatch = { start() {}, stop() {} };
