import { EscapementError, type SleepStrategy } from '@escapement/core';

/** Two strategy modules were loaded. */
export class SeveralStrategiesError extends EscapementError {
  static override readonly name = 'SeveralStrategiesError';
  override readonly code = 'ESC_SEVERAL_STRATEGIES';

  constructor(strategies: readonly SleepStrategy[]) {
    const aliases = strategies.map(strategy => `'${strategy.alias}'`).join(' and ');
    super(
      `the loop got the sleep strategies ${aliases}, expected one. Leave all but one of their modules out, or swap with container.rebind(SleepStrategy).`,
    );
  }
}
