import { describe, it } from 'node:test';
import { strategyLaws } from '@escapement/conformance';
import { BlockThenSpinStrategy } from './block-then-spin-strategy.js';

strategyLaws({ describe, it }, { strategy: clock => new BlockThenSpinStrategy(clock, { spin: 1 }) });
