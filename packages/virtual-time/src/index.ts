export { InvalidAdvanceError } from './errors.js';
export { VirtualClock } from './virtual-clock.js';
export { virtualTimeModule } from './virtual-time-module.js';
export { VirtualTimeStrategy } from './virtual-time-strategy.js';
