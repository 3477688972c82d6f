export { InvalidAdvanceError } from './errors.js';
export { VirtualClock } from './virtual-clock.js';
export { VirtualTimeStrategy } from './virtual-time-strategy.js';
