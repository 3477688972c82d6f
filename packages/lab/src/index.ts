export type { Machine } from './results/machine.js';
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
export {
  defineScenario,
  type Measurement,
  type RoundContext,
  type RoundSamples,
  type Scenario,
  type ScenarioParameter,
} from './scenarios/scenario.js';
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
export { htmlReport, type ReportOptions } from './views/html/html-report.js';
export { type PictureOptions, svgPicture } from './views/html/svg-picture.js';
