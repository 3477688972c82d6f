import { describe, it } from 'node:test';
import { clockLaws, instrumentLaws, selectorLaws } from '@escapement/conformance';
import * as posix from '@escapement/posix';
import { VirtualClock } from '@escapement/virtual-time';
import { PerformanceClock } from 'escapement';
import { CountedSelector } from '../extending/counted.js';
import { LongestStep } from '../extending/longest-step.js';

const runner = { describe, it };
instrumentLaws(runner, { instrument: () => new LongestStep(new PerformanceClock()) });
selectorLaws(runner, { selector: () => new CountedSelector(), system: posix });
clockLaws(runner, { clock: () => new PerformanceClock() });
// One that the program moves.
clockLaws(runner, {
  clock: () => new VirtualClock(),
  advance: (clock, duration) => clock.advanceTo(clock.now() + duration),
});
