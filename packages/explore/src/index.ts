export { type CriticalPair, type CriticalStep, type Decision, Failure, type ScheduleSize } from './failure.js';
export type { ChoiceKind } from './oracle/choice.js';
export type { ExploreResult, Summary } from './summary.js';
export type { Site, Trace, TraceStep, TraceTask } from './trace.js';
export { Divergence, type OutsideCall } from './tracing/divergence.js';
