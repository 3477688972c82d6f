export { AtomicsWaitStrategy } from './atomics-wait.js';
export { BusyWaitStrategy } from './busy-wait.js';
export { PerformanceClock } from './performance-clock.js';
export { SetTimeoutStrategy } from './set-timeout.js';
