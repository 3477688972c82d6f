import { Clock, SleepStrategy } from '@escapement/core';
import { LoopModule } from '@escapement/wiring';
import type { Newable } from 'inversify';
import { AtomicsWaitStrategy } from './atomics-wait.js';
import { BusyWaitStrategy } from './busy-wait.js';
import { PerformanceClock } from './performance-clock.js';
import { SetTimeoutStrategy } from './set-timeout.js';

/** Never late, burns a core: see `BusyWaitStrategy`. */
export const busyWaitModule = strategyModule(BusyWaitStrategy);

/** Blocks the thread, costs nothing: see `AtomicsWaitStrategy`. */
export const atomicsWaitModule = strategyModule(AtomicsWaitStrategy);

/** Shares the thread with the host: see `SetTimeoutStrategy`. */
export const setTimeoutModule = strategyModule(SetTimeoutStrategy);

/**
 * A module for a strategy on the real clock. For one with a clock of its own, bind `Clock` and `SleepStrategy` yourself.
 *
 * @example export const napModule = strategyModule(NapStrategy);
 */
export function strategyModule(strategy: Newable<SleepStrategy>): LoopModule {
  return new LoopModule(({ bind, isBound }) => {
    // With two strategies by mistake, the loop shall say so, and not the container that there are two clocks.
    if (!isBound(Clock)) bind(Clock).to(PerformanceClock).inSingletonScope();
    bind(SleepStrategy).to(strategy).inSingletonScope();
  });
}
