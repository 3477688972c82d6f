import { Clock } from '@escapement/core';
import { decorate, inject } from '@escapement/wiring';
import { AtomicsWaitStrategy } from './atomics-wait.js';
import { BusyWaitStrategy } from './busy-wait.js';
import { SetTimeoutStrategy } from './set-timeout.js';
import { strategyModule } from './strategy-module.js';

export { strategyModule } from './strategy-module.js';

// Here and not at the classes, so that the classes load no container.
for (const Strategy of [BusyWaitStrategy, AtomicsWaitStrategy, SetTimeoutStrategy]) {
  decorate(inject(Clock), Strategy, 0);
}

/** Spins: about a microsecond late, takes a whole core. See `BusyWaitStrategy`. */
export const busyWaitModule = strategyModule(clock => new BusyWaitStrategy(clock));

/** Blocks the thread and takes no CPU time. See `AtomicsWaitStrategy`. */
export const atomicsWaitModule = strategyModule(clock => new AtomicsWaitStrategy(clock));

/** Yields the thread to the host. See `SetTimeoutStrategy`. */
export const setTimeoutModule = strategyModule(clock => new SetTimeoutStrategy(clock));
