import { Clock, checkArgument, type LoopEvent } from '@escapement/core';
import { decorate, inject, type LoopModule } from '@escapement/wiring';
import { AtomicsWaitStrategy } from './atomics-wait.js';
import { BusyWaitStrategy } from './busy-wait.js';
import { type HybridOptions, HybridStrategy } from './hybrid.js';
import { MessageChannelStrategy } from './message-channel.js';
import { type PhasedOptions, PhasedStrategy } from './phased.js';
import { type PostTaskOptions, PostTaskStrategy } from './post-task.js';
import { PreciseTimeoutStrategy } from './precise-timeout.js';
import { SetImmediateStrategy } from './set-immediate.js';
import { SetTimeoutStrategy } from './set-timeout.js';
import { strategyModule } from './strategy-module.js';
import { TimerSlack, type TimerSlackOptions } from './timer-slack.js';
import { wrapperModule } from './wrapper-module.js';

export { strategyModule } from './strategy-module.js';
export { wrapperModule } from './wrapper-module.js';

// Here and not at the classes, so that the classes load no container.
for (const Strategy of [
  BusyWaitStrategy,
  AtomicsWaitStrategy,
  MessageChannelStrategy,
  PostTaskStrategy,
  PreciseTimeoutStrategy,
  SetImmediateStrategy,
  SetTimeoutStrategy,
]) {
  decorate(inject(Clock), Strategy, 0);
}

// `xModule` is the strategy x as it is by default, and `x(options)` makes a module of it with options.

/** Spins: about a microsecond late, takes a whole core. See `BusyWaitStrategy`. */
export const busyWaitModule = strategyModule(clock => new BusyWaitStrategy(clock));

/** Blocks the thread and takes no CPU time. See `AtomicsWaitStrategy`. */
export const atomicsWaitModule = atomicsWait();

/**
 * `atomicsWaitModule` with options. See `AtomicsWaitStrategy`.
 * @throws InvalidArgumentError
 * @example createLoop(atomicsWait({ slack: 1 }), sleepModule);
 */
export function atomicsWait(options: TimerSlackOptions = {}): LoopModule {
  // Wrong options are reported where they are written, not where the loop is made.
  new TimerSlack('atomicsWait', options);
  return strategyModule(clock => new AtomicsWaitStrategy(clock, options));
}

/** Yields the thread to the host. See `SetTimeoutStrategy`. */
export const setTimeoutModule = strategyModule(clock => new SetTimeoutStrategy(clock));

/** Yields the thread to the host, and is as exact as a strategy that spins. See `PreciseTimeoutStrategy`. */
export const preciseTimeoutModule = strategyModule(clock => new PreciseTimeoutStrategy(clock));

/** Blocks the thread, and spins for the last stretch. See `HybridStrategy`. */
export const hybridModule = hybrid();

/** The options of `hybrid`: those of `HybridStrategy`, and what naps. */
export interface HybridModuleOptions<E extends LoopEvent = never> extends HybridOptions {
  /** The module of the strategy that naps. Default: `atomicsWaitModule`. */
  readonly coarse?: LoopModule<E>;
}

/**
 * `hybridModule` with options. See `HybridStrategy`.
 * @throws InvalidArgumentError
 * @example
 * createLoop(hybrid({ slack: 1, objective: { lateness: 0.01, cpu: 0.05 } }), sleepModule);
 * createLoop(hybrid({ coarse: epollModule }), sleepModule, ioModule);
 */
export function hybrid<E extends LoopEvent = never>(options: HybridModuleOptions<E> = {}): LoopModule<E> {
  const { coarse } = checkArgument('hybrid', options, 'object', 'an object of options, like { slack: 1 }');
  // Wrong options are reported where they are written. Every host has the strategy that they are tried with.
  new HybridStrategy(new BusyWaitStrategy({ now: () => 0 }), options);
  return wrapperModule(coarse ?? (atomicsWaitModule as LoopModule<E>), inner => new HybridStrategy(inner, options));
}

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

/** The options of `phased`: those of `PhasedStrategy`, and what sleeps. */
export interface PhasedModuleOptions<E extends LoopEvent = never> extends PhasedOptions {
  /** The module of the strategy that sleeps. Default: `atomicsWaitModule`. */
  readonly coarse?: LoopModule<E>;
}

/**
 * `phasedModule` with options. See `PhasedStrategy`.
 *
 * @throws InvalidArgumentError
 * @example
 * createLoop(phased({ spin: 0.1 }), sleepModule);
 * createLoop(phased({ coarse: setTimeoutModule }), sleepModule, promiseModule);
 */
export function phased<E extends LoopEvent = never>(options: PhasedModuleOptions<E> = {}): LoopModule<E> {
  const { coarse } = checkArgument('phased', options, 'object', 'an object of options, like { spin: 0.1 }');
  new PhasedStrategy(new BusyWaitStrategy({ now: () => 0 }), options);
  return wrapperModule(coarse ?? (atomicsWaitModule as LoopModule<E>), inner => new PhasedStrategy(inner, options));
}
