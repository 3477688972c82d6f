import { Clock, InvalidArgumentError } from '@escapement/core';
import { Instruments, LoopModule, type ServiceIdentifier } from '@escapement/wiring';
import { type DebugOptions, slowStepOf } from './debugging.js';
import { NeverRunWatch } from './never-run-watch.js';
import { StepWatch } from './step-watch.js';

/** The options of the debug module that is loaded. */
const Debugging: ServiceIdentifier<DebugOptions> = Symbol.for('escapement.Debugging');

/**
 * Switches on the debug mode of a loop: it warns of slow steps and of coroutines and events that were made and never run, and
 * its reports say how long each task has waited. Of coroutines it sees those whose function is wrapped in `coroutine`; events need
 * no wrapper. See `debugging`, also for its cost.
 *
 * @example createLoop(setTimeoutModule, sleepModule, debugModule({ slowStep: 20 }));
 * @throws InvalidArgumentError for wrong options, and if a loop gets two debug modules
 */
export function debugModule(options: DebugOptions = {}): LoopModule {
  const slowStep = slowStepOf('debugModule', options);
  return new LoopModule(({ bind, isBound }) => {
    if (isBound(Debugging)) throw twice(slowStep);
    bind(Debugging).toConstantValue({ slowStep });
    bind(Instruments)
      .toDynamicValue(context => {
        const neverRun = context.get(NeverRunWatch);
        return new StepWatch(context.get(Clock), slowStep, () => neverRun.ownTime);
      })
      .inSingletonScope();
    bind(NeverRunWatch)
      .toDynamicValue(context => new NeverRunWatch(context.get(Clock)))
      .inSingletonScope();
    bind(Instruments).toService(NeverRunWatch);
  });
}

function twice(slowStep: number): InvalidArgumentError {
  return new InvalidArgumentError(
    'ESC_DUPLICATE_PLUGIN',
    `debugModule({ slowStep: ${slowStep} }) was loaded, but the container has one already. Pass only one of them.`,
  );
}
