export { FifoPolicy } from '@escapement/core';
export { EarliestDeadlineFirstPolicy } from './earliest-deadline-first-policy.js';
export { FairPolicy } from './fair-policy.js';
export { LifoPolicy } from './lifo-policy.js';
export { PartError } from './part-error.js';
export { type PartitionedOptions, PartitionedPolicy, partitioned } from './partitioned-policy.js';
export { type PriorityOptions, PriorityPolicy } from './priority-policy.js';
export { ReadyWatch, type ReadyWatchOptions } from './ready-watch.js';
export { type SeededRandomOptions, SeededRandomPolicy } from './seeded-random-policy.js';
