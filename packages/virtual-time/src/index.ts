export { InvalidAdvanceError } from './errors.js';
export { type SettlingOptions, SettlingTimeStrategy } from './settling-time-strategy.js';
export { VirtualClock } from './virtual-clock.js';
export { VirtualTimeStrategy } from './virtual-time-strategy.js';
