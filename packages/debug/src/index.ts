export { type DebugOptions, debugging } from './debugging.js';
export { NeverRunWatch } from './never-run-watch.js';
export { StepWatch } from './step-watch.js';
