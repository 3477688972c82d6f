import { Clock, FifoPolicy, type SchedulingPolicy } from '@escapement/core';
import { Instruments, LoopModule, policyModule } from '@escapement/wiring';
import { EarliestDeadlineFirstPolicy } from './earliest-deadline-first-policy.js';
import { FairPolicy } from './fair-policy.js';
import { LifoPolicy } from './lifo-policy.js';
import { type PartitionedOptions, partitioned } from './partitioned-policy.js';
import { type PriorityOptions, PriorityPolicy } from './priority-policy.js';
import { ReadyWatch, type ReadyWatchOptions } from './ready-watch.js';
import { type SeededRandomOptions, SeededRandomPolicy } from './seeded-random-policy.js';

/** First come, first served, as without a module. See `FifoPolicy`. */
export const fifoModule = /* @__PURE__ */ policyModule(() => new FifoPolicy());

/** Last come, first served. See `LifoPolicy`. */
export const lifoModule = /* @__PURE__ */ policyModule(() => new LifoPolicy());

/** The earliest deadline first. See `EarliestDeadlineFirstPolicy`. */
export const earliestDeadlineFirstModule = /* @__PURE__ */ policyModule(() => new EarliestDeadlineFirstPolicy());

/** Divides the time of the thread by weights. See `FairPolicy`. */
export const fairModule = /* @__PURE__ */ policyModule(() => new FairPolicy());

/** The highest priority first, with ageing. See `PriorityPolicy`. @throws InvalidArgumentError */
export function priorityModule(options?: PriorityOptions): LoopModule {
  return moduleOf(() => new PriorityPolicy(options));
}

/** A random one, reproducible from `seed`. See `SeededRandomPolicy`. @throws InvalidArgumentError */
export function seededRandomModule(options: Required<SeededRandomOptions>): LoopModule {
  return moduleOf(() => new SeededRandomPolicy(options));
}

/** Parts of the tree as entities of an outer policy. See `partitioned`. @throws InvalidArgumentError */
export function partitionedModule(options: PartitionedOptions): LoopModule {
  return moduleOf(() => partitioned(options));
}

/** Reports ready tasks that wait too long, and why. See `ReadyWatch`. @throws InvalidArgumentError */
export function readyWatchModule(options?: ReadyWatchOptions): LoopModule {
  const make = (clock: Clock) => new ReadyWatch(clock, options);
  make({ now: () => 0 });
  return new LoopModule(({ bind }) => {
    bind(Instruments)
      .toDynamicValue(context => make(context.get(Clock)))
      .inSingletonScope();
  });
}

/** Wrong options are reported where they are written, not where the loop is made. */
function moduleOf(make: () => SchedulingPolicy): LoopModule {
  make();
  return policyModule(make);
}
