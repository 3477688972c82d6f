import { Clock } from '@escapement/core';
import { Instruments, LoopModule } from '@escapement/wiring';
import { LoopChannels } from './channels/loop-channels.js';

/**
 * Publishes what a loop does to channels of `node:diagnostics_channel`; see `LoopChannels`.
 *
 * @example const loop = createLoop(setTimeoutModule, sleepModule, channelsModule);
 */
export const channelsModule = new LoopModule(({ bind }) => {
  bind(Instruments)
    .toDynamicValue(context => new LoopChannels(context.get(Clock)))
    .inSingletonScope();
});
