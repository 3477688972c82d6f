export { InvalidTimeError } from './check-time.js';
export { every, Metronome, type Tick } from './metronome.js';
export { exponential, type RetryOptions, retry } from './retry.js';
export { sleep, sleepUntil } from './sleep.js';
export { SleepHandler } from './sleep-handler.js';
export { Sleep, SleepFor, TimeEvent } from './time-event.js';
export { type DeadlineEvent, deadline, TimeoutError, timeout } from './timeout.js';
