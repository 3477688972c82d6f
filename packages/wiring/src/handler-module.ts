import { EventHandler, type EventsServedBy } from '@escapement/core';
import type { Newable } from 'inversify';
import { LoopModule } from './loop-module.js';

/**
 * A module for one handler; its type follows from the handler's, so it cannot claim events that it does not serve.
 *
 * @example export const flagModule = handlerModule(FlagHandler);
 */
export function handlerModule<H extends EventHandler>(handler: Newable<H>): LoopModule<EventsServedBy<H>> {
  return new LoopModule(({ bind }) => {
    bind(EventHandler).to(handler).inSingletonScope();
  });
}
