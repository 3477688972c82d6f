import { EventHandler } from '@escapement/core';
import { Instruments, LoopModule } from '@escapement/wiring';
import { AsyncContext } from './async-context.js';
import type { EnterContext } from './enter-context.js';

/**
 * Gives each task an async context of its own, so that loggers, request ids and OpenTelemetry work in tasks as in async
 * functions; see `AsyncContext`. A loop without it pays nothing.
 *
 * @example const loop = createLoop(setTimeoutModule, sleepModule, asyncContextModule);
 */
export const asyncContextModule = new LoopModule<EnterContext>(({ bind }) => {
  bind(AsyncContext)
    .toDynamicValue(() => new AsyncContext())
    .inSingletonScope();
  bind(EventHandler).toService(AsyncContext);
  bind(Instruments).toService(AsyncContext);
});
