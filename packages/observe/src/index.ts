export { type DurationBucket, type DurationHistogram, quantile } from './metrics/histogram.js';
export { LoopMeter } from './metrics/loop-meter.js';
export type { Measurements, TaskCounts } from './metrics/measurements.js';
