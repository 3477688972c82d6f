export { type DurationBucket, type DurationHistogram, quantile } from './metrics/histogram.js';
export { LoopMeter } from './metrics/loop-meter.js';
export type { Measurements, TaskCounts } from './metrics/measurements.js';
export { type CollectorPause, type CollectorPauses, hostCollectorPauses } from './recording/collector-pauses.js';
export type { DumpReason, Recorder } from './recording/recorder.js';
export { recording } from './recording/recording.js';
export type { RecordingOptions } from './recording/recording-options.js';
