import { describe, it } from 'node:test';
import { strategyLaws } from '@escapement/conformance';
import { NapStrategy } from '../extending/nap.js';

strategyLaws({ describe, it }, { strategy: clock => new NapStrategy(clock) });
