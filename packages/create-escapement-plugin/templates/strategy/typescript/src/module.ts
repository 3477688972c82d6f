import { strategyModule } from '@escapement/strategies/module';
import type { LoopModule } from '@escapement/wiring';
import { type BlockThenSpinOptions, BlockThenSpinStrategy, spinOf } from './block-then-spin-strategy.js';

/** Lets a loop block for most of a sleep and spin at its end. See `BlockThenSpinStrategy`. @throws InvalidArgumentError */
export function blockThenSpinModule(options: BlockThenSpinOptions = {}): LoopModule {
  // Wrong options are reported here, where they are written, and not where the loop is made.
  const spin = spinOf(options);
  return strategyModule(clock => new BlockThenSpinStrategy(clock, { spin }));
}
