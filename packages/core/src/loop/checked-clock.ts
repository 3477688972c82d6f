import { describe } from '../errors/describe.js';
import type { Instant } from '../events/instant.js';
import type { Clock } from '../extension-points/clock.js';
import { StrategyError } from '../extension-points/errors.js';
import type { SleepStrategy } from '../extension-points/sleep-strategy.js';

/** @internal The clock of a strategy. Checks each reading: with one that is no number the loop would spin for ever. */
export class CheckedClock implements Clock {
  constructor(private readonly strategy: SleepStrategy) {}

  /** @throws StrategyError */
  now(): Instant {
    const { alias, clock } = this.strategy;
    let instant: unknown;
    try {
      instant = clock.now();
    } catch (error) {
      throw new StrategyError(alias, `has a clock that threw: ${describe(error)}`, error);
    }
    if (Number.isFinite(instant)) return instant as Instant;
    const given = `${describe(instant)} (${typeof instant})`;
    throw new StrategyError(alias, `has a clock that returned ${given}, expected a finite number of milliseconds`);
  }
}
