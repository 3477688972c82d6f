// Before any decorated class: constructor injection reads the types that the compiler emits.
import 'reflect-metadata';

// So that a plugin needs no dependency of its own to be injected into.
export { injectable } from 'inversify';
export { Debugging, type DebugOptions, debugModule } from './debug-module.js';
export { handlerModule } from './handler-module.js';
export { type EventsOf, LoopModule } from './loop-module.js';
export { SeveralStrategiesError } from './several-strategies-error.js';
export { createLoop, Instruments, loopModule } from './wired-loop.js';
