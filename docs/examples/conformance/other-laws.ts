import { describe, it } from 'node:test';
import { clockLaws, instrumentLaws, selectorLaws } from '@escapement/conformance';
import { PollSelector } from '@escapement/io';
import * as posix from '@escapement/posix';
import { VirtualClock } from '@escapement/virtual-time';
import { type Instrument, PerformanceClock, type Task } from 'escapement';

class StepCounter implements Instrument {
  steps = 0;

  stepEnded(_task: Task): void {
    this.steps++;
  }
}

const runner = { describe, it };
instrumentLaws(runner, { instrument: () => new StepCounter() });
selectorLaws(runner, { selector: () => new PollSelector(), system: posix });
clockLaws(runner, { clock: () => new PerformanceClock() });
// One that the program moves.
clockLaws(runner, {
  clock: () => new VirtualClock(),
  advance: (clock, duration) => clock.advanceTo(clock.now() + duration),
});
