import { SleepStrategy } from '@escapement/core';
import { handlerModule } from '@escapement/wiring';
import { PortHandler } from './port-handler.js';

/** For `received`, `Sender.send` and `loopInWorker`. Works with every strategy. */
export const portModule = handlerModule([SleepStrategy], (strategy: SleepStrategy) => new PortHandler(strategy));
