import { Clock, InvalidArgumentError } from '@escapement/core';
import { Instruments, LoopModule } from '@escapement/wiring';
import { LoopMeter } from './loop-meter.js';

// Whoever imports the module gets what it declares in `LoopMetrics`.
export type { Measurements } from './measurements.js';

/**
 * Measures a loop: `loop.metrics()` then has all that `Measurements` lists. See `LoopMeter`, also for its cost.
 *
 * @example
 * const loop = createLoop(setTimeoutModule, sleepModule, metricsModule);
 * console.log(loop.metrics().steps);
 * @throws InvalidArgumentError when a loop gets it twice
 */
export const metricsModule = new LoopModule(({ bind, isBound }) => {
  if (isBound(LoopMeter)) throw twice();
  bind(LoopMeter)
    .toDynamicValue(context => new LoopMeter(context.get(Clock)))
    .inSingletonScope();
  bind(Instruments).toService(LoopMeter);
});

function twice(): InvalidArgumentError {
  return new InvalidArgumentError(
    'ESC_DUPLICATE_PLUGIN',
    'metricsModule was loaded twice, and would measure everything twice. Pass it once.',
  );
}
