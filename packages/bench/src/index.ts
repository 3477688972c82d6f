export { ioReport } from './io/io-report.js';
export { processorTimeIn } from './io/processes/proc.js';
export { parseWrk } from './io/processes/wrk.js';
export type { IoResults } from './io/results.js';
export { Schedule } from './io/schedule.js';
export { isIoTargetReached, otherTargets, throughputTargets } from './io/targets.js';
export type { BenchmarkResult } from './kernel/benchmark.js';
export { resultsTable } from './kernel/results-table.js';
export { medianInterval, ratioOf, verdictOf } from './kernel/verdict.js';
