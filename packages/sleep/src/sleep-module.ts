import { EventHandler } from '@escapement/core';
import { LoopModule } from '@escapement/wiring';
import { SleepHandler } from './sleep-handler.js';
import type { TimeEvent } from './time-event.js';

/** `sleep`, `sleepUntil`, `every`. Needs a `Clock`, which each strategy module binds. */
export const sleepModule = new LoopModule<TimeEvent>(({ bind }) => {
  bind(EventHandler).to(SleepHandler).inSingletonScope();
});
