export { Latch, LatchOpened } from './latch.js';
export { LatchHandler } from './latch-handler.js';
