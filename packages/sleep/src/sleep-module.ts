import { handlerModule } from '@escapement/wiring';
import { SleepHandler } from './sleep-handler.js';

/** `sleep`, `sleepUntil`, `every`. Needs a `Clock`, which each strategy module binds. */
export const sleepModule = handlerModule(SleepHandler);
