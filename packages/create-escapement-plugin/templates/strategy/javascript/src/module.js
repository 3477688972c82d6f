import { strategyModule } from '@escapement/strategies/module';
import { BlockThenSpinStrategy, spinOf } from './block-then-spin-strategy.js';

/** Lets a loop block for most of a sleep and spin at its end. See `BlockThenSpinStrategy`. @throws InvalidArgumentError */
export function blockThenSpinModule(options = {}) {
  // Wrong options are reported here, where they are written, and not where the loop is made.
  const spin = spinOf(options);
  return strategyModule(clock => new BlockThenSpinStrategy(clock, { spin }));
}
