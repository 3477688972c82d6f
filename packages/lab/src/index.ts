export {
  type Comparison,
  type ComparisonOptions,
  type ComparisonParameters,
  type ComparisonPlan,
  compare,
  type Observer,
  SCHEMA,
} from './comparison.js';
export { JsonFile } from './json-file.js';
export { describeMachine, type Machine } from './machine.js';
export type {
  Disturbance,
  Quantile,
  Results,
  Round,
  Row,
  ScenarioResults,
  SubjectInfo,
  Summary,
} from './results/results.js';
export {
  type LatenessOptions,
  type LatenessResult,
  type LatenessRow,
  LatenessScenario,
  PERCENTILES,
  type Percentile,
} from './scenarios/lateness.js';
export { LatenessMeasurement, measureLateness } from './scenarios/measure-lateness.js';
export type { RunContext, Scenario } from './scenarios/scenario.js';
export { type AlternateOptions, alternate, type Candidate } from './statistics/alternate.js';
export { Latenesses } from './statistics/latenesses.js';
export { meanInterval } from './statistics/mean-interval.js';
export { ProcessorTime } from './statistics/processor-time.js';
export { isSupported, quantileOf, quantilesOf } from './statistics/quantiles.js';
export { type Random, seededRandom, shuffled } from './statistics/random.js';
export { geometricMean, LEAST_US, logDeviation, pairedRatio, type Ratio, welchRatio } from './statistics/ratios.js';
export { Sample } from './statistics/sample.js';
export { studentsT, studentsTail } from './statistics/students-t.js';
export { isHit, medianOf, summarize } from './statistics/summary.js';
export { supports } from './statistics/supports.js';
export {
  confidenceOfEach,
  FLOORS,
  type Floors,
  type Judgement,
  judge,
  LEAST_RUNS,
  type Verdict,
} from './statistics/verdict.js';
export { baseline, baselines } from './subjects/baselines.js';
export { LoopSleeper } from './subjects/loop-sleeper.js';
export type { Sleeper, Stopwatch } from './subjects/sleeper.js';
export { type Strategy, shippedStrategies, strategiesIn, systemStrategies } from './subjects/strategy.js';
export { type Colours, coloursFor } from './views/colours.js';
export { latenessTable } from './views/lateness-table.js';
export { decimal, whole } from './views/numbers.js';
export { type Column, plainTable } from './views/plain-table.js';
export { type ProgressStream, type ProgressView, progressView } from './views/progress-view.js';
export { header, report } from './views/report.js';
export { constant, type Distribution, exponential, hyperexponential } from './workloads/distributions.js';
export {
  type Job,
  type JobClass,
  jain,
  mean,
  runWorkload,
  type Workload,
  WorkloadResult,
} from './workloads/workload.js';
