import { Clock } from '@escapement/core';
import { decorate, handlerModule, inject } from '@escapement/wiring';
import { SleepHandler } from './sleep-handler.js';

// Here and not at the class, which is of use without a container too.
decorate(inject(Clock), SleepHandler, 0);

/** `sleep`, `sleepUntil`, `every`. Needs a `Clock`, which each strategy module binds. */
export const sleepModule = handlerModule(clock => new SleepHandler(clock));
