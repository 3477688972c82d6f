import { Clock } from '@escapement/core';
import { decorate, handlerModule, inject } from '@escapement/wiring';
import { SleepHandler } from './sleep-handler.js';

// Here and not at the class, so that the class loads no container.
decorate(inject(Clock), SleepHandler, 0);

/** Handles all time events: `sleep`, `every`, `timeout` and others. Needs a `Clock`, which each strategy module binds. */
export const sleepModule = handlerModule(clock => new SleepHandler(clock));
