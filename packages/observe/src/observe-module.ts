import { Clock, checkArgument, describe, InvalidArgumentError } from '@escapement/core';
import { Instruments, LoopModule, type ServiceIdentifier } from '@escapement/wiring';
import { LoopMeter } from './metrics/loop-meter.js';

export { waitTimesModule } from './outside/wait-times-module.js';
export { recordingModule } from './recording/recording-module.js';

/** What `observeModule` adds to a loop. */
export interface ObserveOptions {
  /** Measure the loop, for `loop.metrics()`; see `LoopMeter`, also for its cost. True by default. */
  readonly metrics?: boolean;
}

/** The options of the module that is loaded. */
const Observing: ServiceIdentifier<ObserveOptions> = Symbol.for('escapement.Observing');

/**
 * Measures a loop: `loop.metrics()` then has all that `Measurements` lists.
 *
 * @example
 * const loop = createLoop(setTimeoutModule, sleepModule, observeModule());
 * console.log(loop.metrics().steps);
 * @throws InvalidArgumentError for wrong options, and if a loop gets two of these modules
 */
export function observeModule(options: ObserveOptions = {}): LoopModule {
  const { metrics = true } = checkArgument('observeModule', options, 'object', 'options, like { metrics: false }');
  if (typeof metrics !== 'boolean') throw notBoolean(metrics);
  return new LoopModule(({ bind, isBound }) => {
    if (isBound(Observing)) throw twice();
    bind(Observing).toConstantValue(options);
    if (metrics) {
      bind(Instruments)
        .toDynamicValue(context => new LoopMeter(context.get(Clock)))
        .inSingletonScope();
    }
  });
}

function notBoolean(given: unknown): InvalidArgumentError {
  const fault = `observeModule got ${describe(given)} for \`metrics\`, expected true or false.`;
  return new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}

function twice(): InvalidArgumentError {
  return new InvalidArgumentError(
    'ESC_DUPLICATE_PLUGIN',
    'observeModule() was loaded, but the container has one already. Pass only one of them, with the options of both.',
  );
}
