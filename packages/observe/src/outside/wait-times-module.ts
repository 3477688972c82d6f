import { Clock } from '@escapement/core';
import { Instruments, LoopModule } from '@escapement/wiring';
import { WaitTimes, type WaitTimesOptions } from './wait-times.js';

/**
 * Notes since when each task of the loop waits, and the last slow steps, for `escapement-observe ps` and `dumpOnSignal`. See
 * `WaitTimes`, also for its cost.
 *
 * @throws InvalidArgumentError for wrong options
 * @example createLoop(atomicsWaitModule, sleepModule, waitTimesModule());
 */
export function waitTimesModule(options: WaitTimesOptions = {}): LoopModule {
  return new LoopModule(({ bind }) => {
    bind(Instruments)
      .toDynamicValue(context => new WaitTimes(context.get(Clock), options))
      .inSingletonScope();
  });
}
