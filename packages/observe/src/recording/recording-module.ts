import { Clock, checkArgument } from '@escapement/core';
import { Instruments, LoopModule } from '@escapement/wiring';
import type { Recorder } from './recorder.js';

/**
 * Records a wired loop with a recorder that `recording` made, on the loop's clock.
 *
 * @throws InvalidArgumentError if it gets no recorder; when the loop is made, if the recorder has the clock of another loop
 * @example
 * const recorder = recording({ seconds: 10 });
 * const loop = createLoop(setTimeoutModule, sleepModule, recordingModule(recorder));
 */
export function recordingModule(recorder: Recorder): LoopModule {
  checkArgument('recordingModule', recorder?.useClock, 'function', 'a recorder: recordingModule(recording())');
  return new LoopModule(({ bind }) => {
    bind(Instruments)
      .toDynamicValue(context => {
        recorder.useClock(context.get(Clock));
        return recorder;
      })
      .inSingletonScope();
  });
}
