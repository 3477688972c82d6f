export { BlockThenSpinStrategy } from './block-then-spin-strategy.js';
