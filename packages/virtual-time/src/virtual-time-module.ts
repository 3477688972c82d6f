import { Clock, SleepStrategy } from '@escapement/core';
import { LoopModule } from '@escapement/wiring';
import { type SettlingOptions, SettlingTimeStrategy } from './settling-time-strategy.js';
import { VirtualClock } from './virtual-clock.js';
import { VirtualTimeStrategy } from './virtual-time-strategy.js';

/** Jumps from deadline to deadline: see `VirtualTimeStrategy`. The clock of a container is its `VirtualClock`. */
export const virtualTimeModule = virtualTimeWith(clock => new VirtualTimeStrategy(clock));

/** Lets the host settle its promises before each jump: see `SettlingTimeStrategy`. The clock of a container is its `VirtualClock`. */
export const settlingTimeModule = settlingTime();

/**
 * As `settlingTimeModule`, with options.
 * @example await createLoop(settlingTime({ patience: 50 }), sleepModule, promiseModule).run(program);
 */
export function settlingTime(options?: SettlingOptions): LoopModule {
  return virtualTimeWith(clock => new SettlingTimeStrategy(clock, options));
}

function virtualTimeWith(make: (clock: VirtualClock) => SleepStrategy): LoopModule {
  return new LoopModule(({ bind, isBound }) => {
    bind(VirtualClock).toSelf().inSingletonScope();
    // If two strategies are loaded by mistake, the loop reports that, not the container that there are two clocks.
    if (!isBound(Clock)) bind(Clock).toService(VirtualClock);
    bind(SleepStrategy)
      .toDynamicValue(({ get }) => make(get(VirtualClock)))
      .inSingletonScope();
  });
}
