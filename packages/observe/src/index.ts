export { dumpLoops, dumpOnSignal } from './outside/dump-on-signal.js';
export { type LookOptions, lookAtLoops } from './outside/look-at-loops.js';
export type * from './outside/loop-report.js';
export { type SlowStep, WaitTimes, type WaitTimesOptions } from './outside/wait-times.js';
