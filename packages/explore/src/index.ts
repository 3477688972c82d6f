export type { Site, Trace, TraceStep, TraceTask } from './trace.js';
