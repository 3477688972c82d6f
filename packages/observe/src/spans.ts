export { type SpanOptions, TaskSpans } from './spans/task-spans.js';
