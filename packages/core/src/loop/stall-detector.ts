import type { Duration, Instant } from '../events/instant.js';
import { HandlerError, StrategyStalledError } from '../extension-points/errors.js';
import type { SleepStrategy } from '../extension-points/sleep-strategy.js';
import type { HandlerTable } from './handler-table.js';

const RETURNS_IN_A_ROW = 10_000;
/** A strategy that gives up the thread takes longer for so many sleeps: 10 us each. */
const BLOCKING_MINIMUM: Duration = 100;

/** @internal Detects a loop that hangs at full load: many sleeps in a row that took no time and made no task ready. */
export class StallDetector {
  readonly #minimum: Duration;
  #sleeps = 0;
  #since: Instant = 0;

  constructor(
    private readonly strategy: SleepStrategy,
    private readonly handlers: HandlerTable,
  ) {
    // One that spins may return as often as it likes, if its clock moves.
    this.#minimum = strategy.waits === 'spins' ? 0 : BLOCKING_MINIMUM;
  }

  /** A task was ready, or a wakeup was requested: the loop makes progress. */
  progressed(): void {
    this.#sleeps = 0;
  }

  /** @throws StrategyStalledError, or HandlerError if a handler keeps a deadline that has passed */
  sleeping(now: Instant, until: Instant): void {
    if (this.#sleeps++ === 0) this.#since = now;
    if (this.#sleeps <= RETURNS_IN_A_ROW) return;
    this.#sleeps = 0;
    if (until <= now) {
      const problem = `settled nothing ${RETURNS_IN_A_ROW} times in a row, although nextDeadline says ${until} and it is ${now}`;
      throw new HandlerError(this.handlers.nameOfOverdue(now), 'poll', problem);
    }
    const elapsed = now - this.#since;
    if (elapsed > this.#minimum) return;
    throw new StrategyStalledError(this.strategy.alias, this.strategy.waits, RETURNS_IN_A_ROW, elapsed);
  }
}
