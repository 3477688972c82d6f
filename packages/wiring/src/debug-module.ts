import type { LoopOptions } from '@escapement/core';
import type { ServiceIdentifier } from 'inversify';
import { LoopModule } from './loop-module.js';

export type DebugOptions = Pick<LoopOptions, 'slowStep'>;

/** What `debugModule` binds. */
export const Debugging: ServiceIdentifier<DebugOptions> = Symbol.for('escapement.Debugging');

/**
 * A loop with this module warns of slow steps and of what was made and never run, and its reports say since when each task
 * waits: see `debug` in `LoopOptions`, also for what it costs.
 *
 * @example createLoop(setTimeoutModule, sleepModule, debugModule({ slowStep: 20 }));
 */
export function debugModule(options: DebugOptions = {}): LoopModule {
  return new LoopModule(({ bind }) => {
    bind(Debugging).toConstantValue(options);
  });
}
