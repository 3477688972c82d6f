import { Clock } from '@escapement/core';
import { decorate, inject } from '@escapement/wiring';
import { AtomicsWaitStrategy } from './atomics-wait.js';
import { BusyWaitStrategy } from './busy-wait.js';
import { SetTimeoutStrategy } from './set-timeout.js';
import { strategyModule } from './strategy-module.js';

export { strategyModule } from './strategy-module.js';

// Here and not at the classes, which are of use without a container too.
for (const Strategy of [BusyWaitStrategy, AtomicsWaitStrategy, SetTimeoutStrategy]) {
  decorate(inject(Clock), Strategy, 0);
}

/** Never late, burns a core: see `BusyWaitStrategy`. */
export const busyWaitModule = strategyModule(clock => new BusyWaitStrategy(clock));

/** Blocks the thread, costs nothing: see `AtomicsWaitStrategy`. */
export const atomicsWaitModule = strategyModule(clock => new AtomicsWaitStrategy(clock));

/** Shares the thread with the host: see `SetTimeoutStrategy`. */
export const setTimeoutModule = strategyModule(clock => new SetTimeoutStrategy(clock));
