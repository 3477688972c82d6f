export {
  type ComparedRow,
  type ComparedSide,
  type CompareOptions,
  type ComparisonOfResults,
  compareResults,
  type RunMedians,
} from './comparing/compare-results.js';
export { comparisonText } from './comparing/comparison-text.js';
export { machineDifferences } from './comparing/machine-differences.js';
export { type FalseAlarms, type Noise, type NoiseRow, noiseOf } from './comparing/noise.js';
export { noiseText } from './comparing/noise-text.js';
export { readResults } from './comparing/read-results.js';
export { LabRun, type StartProcess } from './measuring/lab-run.js';
export { BUILT_IN, findSubject, type Offer, offerOf, subjectsOf } from './measuring/offer.js';
export type { PlannedScenario, RunObserver, RunPlan } from './measuring/run-plan.js';
export { NoAnswer, OutOfTime, SubjectError, type SubjectWork } from './measuring/subject-process.js';
export { describeMachine, type Machine } from './results/machine.js';
export { OutputFile } from './results/output-file.js';
export { parseResults } from './results/parse-results.js';
export {
  type Disturbance,
  type LateTick,
  type Parameters,
  type Quantile,
  type RanBefore,
  type Results,
  type Round,
  type Row,
  SCHEMA,
  type ScenarioResults,
  type SubjectInfo,
  type Summary,
  type Why,
} from './results/results.js';
export { SCENARIOS } from './scenarios/catalogue.js';
export {
  defineScenario,
  type Measurement,
  type RoundContext,
  type RoundSamples,
  type Scenario,
  type ScenarioParameter,
} from './scenarios/scenario.js';
export { type AlternateOptions, alternate, type Candidate } from './statistics/alternate.js';
export { leastChange } from './statistics/least-change.js';
export { meanInterval } from './statistics/mean-interval.js';
export { isSupported, quantileOf, quantilesOf } from './statistics/quantiles.js';
export { type Random, seededRandom, shuffled } from './statistics/random.js';
export { geometricMean, LEAST_US, logDeviation, pairedRatio, type Ratio, welchRatio } from './statistics/ratios.js';
export { Sample } from './statistics/sample.js';
export { shareInterval } from './statistics/share-interval.js';
export { studentsT, studentsTail } from './statistics/students-t.js';
export { isHit, medianOf, summarize } from './statistics/summary.js';
export {
  confidenceOfEach,
  FLOORS,
  type Floors,
  isChange,
  type Judgement,
  judge,
  LEAST_RUNS,
  type Verdict,
} from './statistics/verdict.js';
export { type Policy, policiesIn, shippedPolicies } from './subjects/policy-subject.js';
export { type Strategy, shippedStrategies, strategiesIn, systemStrategies } from './subjects/strategy.js';
export {
  type BaselineSubject,
  defineBaseline,
  type OutsideSamples,
  type OutsideSubject,
  type PolicySubject,
  type StrategySubject,
  type Subject,
} from './subjects/subject.js';
export { answerFor } from './views/answer.js';
export { type Colours, coloursFor } from './views/colours.js';
export { csv } from './views/csv.js';
export { header } from './views/header.js';
export { htmlReport, type ReportOptions } from './views/html/html-report.js';
export { type PictureOptions, svgPicture } from './views/html/svg-picture.js';
export { lateTickStory, untilLateStory, whyLate } from './views/late-tick-story.js';
export { markdown } from './views/markdown.js';
export { decimal, whole } from './views/numbers.js';
export { type Cell, type Column, type PaintedCell, plainTable } from './views/plain-table.js';
export { type ProgressStream, type ProgressView, progressView } from './views/progress-view.js';
export { report } from './views/report.js';
export { type Terminal, terminalOf } from './views/terminal.js';
export { cleaned } from './views/text.js';
export { LateRecorder, type LateWanted } from './why/late-recorder.js';
export { type CollectorPause, explain, type LateWake } from './why/late-wake.js';
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
