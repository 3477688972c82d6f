import { FifoPolicy } from '@escapement/core';
import { type LoopModule, policyModule } from '@escapement/wiring';
import { EarliestDeadlineFirstPolicy } from './earliest-deadline-first-policy.js';
import { FairPolicy } from './fair-policy.js';
import { LifoPolicy } from './lifo-policy.js';
import { type PriorityOptions, PriorityPolicy } from './priority-policy.js';
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

/** Wrong options are reported where they are written, not where the loop is made. */
function moduleOf(make: () => PriorityPolicy | SeededRandomPolicy): LoopModule {
  make();
  return policyModule(make);
}
