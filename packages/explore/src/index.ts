export { type CriticalPair, type CriticalStep, type Decision, Failure, type ScheduleSize } from './failure.js';
export type { ChoiceKind } from './oracle/choice.js';
export type { ExploreResult, Summary } from './summary.js';
export type { Site, Trace, TraceStep, TraceTask } from './trace.js';
export { Divergence, type OutsideCall } from './tracing/divergence.js';
export { failureText } from './views/failure-text.js';
export { type SwimlaneOptions, swimlane } from './views/html/swimlane.js';
export { type TextOptions, traceTable } from './views/trace-table.js';
