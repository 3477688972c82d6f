import { type Clock, checkArgument, checkNumber, type Duration, type Instrument } from '@escapement/core';
import { NeverRunWatch } from './never-run-watch.js';
import { StepWatch } from './step-watch.js';

/** Which steps are reported as slow. */
export interface DebugOptions {
  /** Warn of steps that take so many milliseconds or more; 100 by default. */
  readonly slowStep?: Duration;
}

/**
 * The instruments that find mistakes in programs. They warn of slow steps (`ESC_SLOW_STEP`) and of coroutines and events that
 * were made but never run (`ESC_NEVER_RUN`, see `coroutine`), and `loop.dump()` shows since when each task waits. For one loop:
 * the next gets its own. In a wired loop: `debugModule`.
 *
 * Cost: two reads of the clock per step, and tens of microseconds per event that is made, which count for no slow step.
 * A call of a generator function is seen only if the function is wrapped in `coroutine`.
 *
 * @param clock the loop's
 * @throws InvalidArgumentError for wrong options
 * @example
 * const strategy = new BusyWaitStrategy(new PerformanceClock());
 * const loop = new EventLoop({ strategy, handlers, instruments: debugging(strategy.clock, { slowStep: 20 }) });
 */
export function debugging(clock: Clock, options: DebugOptions = {}): readonly Instrument[] {
  const neverRun = new NeverRunWatch(clock);
  return [new StepWatch(clock, slowStepOf('debugging', options), () => neverRun.ownTime), neverRun];
}

/** @internal @throws InvalidArgumentError */
export function slowStepOf(caller: string, options: DebugOptions): Duration {
  const { slowStep = 100 } = checkArgument(caller, options, 'object', 'an object of options, like { slowStep: 20 }');
  return checkNumber(caller, 'slowStep', slowStep, given => given >= 0, 'milliseconds, 0 or more');
}
