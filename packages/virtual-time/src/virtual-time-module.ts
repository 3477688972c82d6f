import { Clock, checkArgument, describe, InvalidArgumentError, SleepStrategy } from '@escapement/core';
import { LoopModule } from '@escapement/wiring';
import { type SettlingOptions, SettlingTimeStrategy } from './settling-time-strategy.js';
import { VirtualClock } from './virtual-clock.js';
import { VirtualTimeStrategy } from './virtual-time-strategy.js';

/** Which clock a loop in virtual time has. */
export interface VirtualTimeOptions {
  /** The clock, to look at and to move. One for each loop. Default: the container makes one. */
  readonly clock?: VirtualClock;
}

/** Jumps from deadline to deadline: see `VirtualTimeStrategy`. The clock of a container is its `VirtualClock`. */
export const virtualTimeModule = virtualTime();

/**
 * As `virtualTimeModule`, with a clock that you hold.
 *
 * @throws InvalidArgumentError for wrong options
 * @example
 * const clock = new VirtualClock();
 * const loop = createLoop(virtualTime({ clock }), sleepModule);
 */
export function virtualTime(options: VirtualTimeOptions = {}): LoopModule {
  return virtualTimeWith(clockFrom('virtualTime', options), clock => new VirtualTimeStrategy(clock));
}

/** Lets the host settle its promises before each jump: see `SettlingTimeStrategy`. The clock of a container is its `VirtualClock`. */
export const settlingTimeModule = settlingTime();

/**
 * As `settlingTimeModule`, with options.
 * @throws InvalidArgumentError for a wrong clock; when the loop is made, for other wrong options
 * @example await createLoop(settlingTime({ patience: 50 }), sleepModule, promiseModule).run(program);
 */
export function settlingTime(options: SettlingOptions & VirtualTimeOptions = {}): LoopModule {
  return virtualTimeWith(clockFrom('settlingTime', options), clock => new SettlingTimeStrategy(clock, options));
}

function clockFrom(caller: string, options: VirtualTimeOptions): VirtualClock | undefined {
  const { clock } = checkArgument(caller, options, 'object', 'options like { clock }');
  if (clock === undefined || clock instanceof VirtualClock) return clock;
  const fault = `${caller} got ${describe(clock)} for \`clock\`, expected a VirtualClock.`;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}

function virtualTimeWith(given: VirtualClock | undefined, make: (clock: VirtualClock) => SleepStrategy): LoopModule {
  return new LoopModule(({ bind, isBound }) => {
    if (given === undefined) bind(VirtualClock).toSelf().inSingletonScope();
    else bind(VirtualClock).toConstantValue(given);
    // If two strategies are loaded by mistake, the loop reports that, not the container that there are two clocks.
    if (!isBound(Clock)) bind(Clock).toService(VirtualClock);
    bind(SleepStrategy)
      .toDynamicValue(({ get }) => make(get(VirtualClock)))
      .inSingletonScope();
  });
}
