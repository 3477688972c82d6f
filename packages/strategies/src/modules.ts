import { Clock, type LoopEvent } from '@escapement/core';
import { decorate, inject, type LoopModule } from '@escapement/wiring';
import { AtomicsWaitStrategy } from './atomics-wait.js';
import { BusyWaitStrategy } from './busy-wait.js';
import { MessageChannelStrategy } from './message-channel.js';
import { type PhasedOptions, PhasedStrategy } from './phased.js';
import { type PostTaskOptions, PostTaskStrategy } from './post-task.js';
import { SetImmediateStrategy } from './set-immediate.js';
import { SetTimeoutStrategy } from './set-timeout.js';
import { strategyModule } from './strategy-module.js';
import { wrapperModule } from './wrapper-module.js';

export { strategyModule } from './strategy-module.js';
export { wrapperModule } from './wrapper-module.js';

// Here and not at the classes, so that the classes load no container.
for (const Strategy of [
  BusyWaitStrategy,
  AtomicsWaitStrategy,
  MessageChannelStrategy,
  PostTaskStrategy,
  SetImmediateStrategy,
  SetTimeoutStrategy,
]) {
  decorate(inject(Clock), Strategy, 0);
}

/** Spins: about a microsecond late, takes a whole core. See `BusyWaitStrategy`. */
export const busyWaitModule = strategyModule(clock => new BusyWaitStrategy(clock));

/** Blocks the thread and takes no CPU time. See `AtomicsWaitStrategy`. */
export const atomicsWaitModule = strategyModule(clock => new AtomicsWaitStrategy(clock));

/** Yields the thread to the host. See `SetTimeoutStrategy`. */
export const setTimeoutModule = strategyModule(clock => new SetTimeoutStrategy(clock));

/** Turns of the host's loop: a few microseconds late, takes a whole core. See `SetImmediateStrategy`. */
export const setImmediateModule = strategyModule(clock => new SetImmediateStrategy(clock));

/** For a page: short waits by messages, which have no least delay. See `MessageChannelStrategy`. */
export const messageChannelModule = strategyModule(clock => new MessageChannelStrategy(clock));

/** For a page: delayed tasks, which have no least delay. See `PostTaskStrategy`. */
export const postTaskModule = postTask();

/**
 * `postTaskModule` with options. See `PostTaskStrategy`.
 *
 * @throws InvalidArgumentError, and MissingHostFeatureError where the host has no `scheduler.postTask`, when a loop is made
 * @example createLoop(postTask({ priority: 'background' }), sleepModule);
 */
export function postTask(options?: PostTaskOptions): LoopModule {
  return strategyModule(clock => new PostTaskStrategy(clock, options));
}

/** Spins a little before it blocks, while work keeps coming. See `PhasedStrategy`. */
export const phasedModule = phased();

/** What `phased` makes: the options of `PhasedStrategy`, and what sleeps. */
export interface PhasedModuleOptions extends PhasedOptions {
  /** The module of the strategy that sleeps. Default: `atomicsWaitModule`. */
  readonly coarse?: LoopModule<LoopEvent>;
}

/**
 * `phasedModule` with options. See `PhasedStrategy`.
 *
 * @throws InvalidArgumentError
 * @example
 * createLoop(phased({ spin: 0.1 }), sleepModule);
 * createLoop(phased({ coarse: setTimeoutModule }), sleepModule, promisesModule);
 */
export function phased({ coarse = atomicsWaitModule, ...options }: PhasedModuleOptions = {}): LoopModule {
  // Wrong options are reported where they are written, not where the loop is made.
  new PhasedStrategy(new AtomicsWaitStrategy({ now: () => 0 }), options);
  return wrapperModule(coarse, strategy => new PhasedStrategy(strategy, options)) as LoopModule;
}
