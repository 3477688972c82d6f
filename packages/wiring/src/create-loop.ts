import { EventLoop, type LoopEvent } from '@escapement/core';
import { Container } from 'inversify';
import { NotAModuleError, safely } from './errors.js';
import type { EventsOf, LoopModule } from './loop-module.js';
import { loopModule } from './wired-loop.js';

/**
 * Builds a loop from plugin modules. Its type has the events that the modules handle: a program that can yield any other
 * event does not compile.
 *
 * @throws NotAModuleError, NoStrategyError, DuplicatePluginError, DuplicateHandlerError, IncompatiblePluginsError,
 * ClockMismatchError, MissingMetadataError
 * @example
 * const loop = createLoop(setTimeoutModule, sleepModule);
 * await loop.run(function* () { yield* sleep(5); });
 */
export function createLoop<M extends LoopModule<LoopEvent>[]>(...modules: M): EventLoop<EventsOf<M[number]>> {
  modules.forEach((module, index) => {
    if (safely(() => typeof module?.load, '') !== 'function') throw new NotAModuleError(index + 1, module);
  });
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(loopModule, ...modules);
  return container.get<EventLoop<EventsOf<M[number]>>>(EventLoop);
}
