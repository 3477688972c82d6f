import { checkArgument, type LoopOptions } from '@escapement/core';
import type { ServiceIdentifier } from 'inversify';
import { LoopModule } from './loop-module.js';

/** Which steps the debug mode reports as slow. */
export type DebugOptions = Pick<LoopOptions, 'slowStep'>;

/** What `debugModule` binds. */
export const Debugging: ServiceIdentifier<DebugOptions> = Symbol.for('escapement.Debugging');

/**
 * Switches on the debug mode of a loop: it warns of slow steps and of coroutines and events that were made and never run, and
 * its reports say how long each task has waited. See `debug` in `LoopOptions`, also for its cost.
 *
 * @example createLoop(setTimeoutModule, sleepModule, debugModule({ slowStep: 20 }));
 * @throws InvalidArgumentError if `options` is no object
 */
export function debugModule(options: DebugOptions = {}): LoopModule {
  checkArgument('debugModule', options, 'object', 'an object of options, like { slowStep: 20 }');
  return new LoopModule(({ bind }) => {
    bind(Debugging).toConstantValue({ ...options });
  });
}
