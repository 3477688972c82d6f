import { describe, EventLoop, type LoopEvent, TwoCopiesError } from '@escapement/core';
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
  container.load(loopModule, ...modules.map((module, index) => refusingCopies(module, index + 1)));
  return container.get<EventLoop<EventsOf<M[number]>>>(EventLoop);
}

/** Without this, what a module binds to the classes of another copy of core would be left out in silence. */
function refusingCopies<M extends LoopModule<LoopEvent>>(module: M, position: number): M {
  const load: M['load'] = options => {
    const bind: typeof options.bind = token => {
      TwoCopiesError.check(`createLoop got, as argument ${position}, a module that binds ${describe(token)}`, token);
      return options.bind(token);
    };
    return module.load({ ...options, bind });
  };
  return { id: module.id, load } as M;
}
