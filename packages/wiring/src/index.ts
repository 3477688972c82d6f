// Before any decorated class: constructor injection reads the types that the compiler emits.
import 'reflect-metadata';

export { type EventsOf, LoopModule } from './loop-module.js';
export { SeveralStrategiesError } from './several-strategies-error.js';
export { createLoop, Instruments, loopModule } from './wired-loop.js';
