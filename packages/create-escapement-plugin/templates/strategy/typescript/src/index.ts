export { type BlockThenSpinOptions, BlockThenSpinStrategy } from './block-then-spin-strategy.js';
