import { Clock, SleepStrategy } from '@escapement/core';
import { decorate, inject, LoopModule } from '@escapement/wiring';
import { VirtualClock } from './virtual-clock.js';
import { VirtualTimeStrategy } from './virtual-time-strategy.js';

decorate(inject(VirtualClock), VirtualTimeStrategy, 0);

/** Jumps from deadline to deadline: see `VirtualTimeStrategy`. The clock of a container is its `VirtualClock`. */
export const virtualTimeModule = new LoopModule(({ bind, isBound }) => {
  bind(VirtualClock).toSelf().inSingletonScope();
  // If two strategies are loaded by mistake, the loop reports that, not the container that there are two clocks.
  if (!isBound(Clock)) bind(Clock).toService(VirtualClock);
  bind(SleepStrategy).to(VirtualTimeStrategy).inSingletonScope();
});
