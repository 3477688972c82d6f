import { EventHandler, type EventsServedBy } from '@escapement/core';
import { LoopModule } from './loop-module.js';
import { type Provider, type ProviderArguments, recipeOf, type TokensOf } from './provider.js';

/**
 * Makes a module for one handler. The module's type follows from the handler's, so it names exactly the events that it handles.
 *
 * The container injects into the constructor of a class; if that has parameters, the class needs `@injectable()` and emitted
 * metadata. A function needs neither: it gets the loop's clock, or the values bound to the tokens.
 *
 * @throws NotAProviderError
 * @example
 * export const flagModule = handlerModule(FlagHandler);
 * export const alarmModule = handlerModule(clock => new AlarmHandler(clock));
 * export const pollModule = handlerModule([Clock, Selector], (clock, selector) => new PollHandler(clock, selector));
 */
export function handlerModule<H extends EventHandler>(provider: Provider<H>): LoopModule<EventsServedBy<H>>;
export function handlerModule<H extends EventHandler, A extends unknown[]>(
  tokens: TokensOf<A>,
  make: (...args: A) => H,
): LoopModule<EventsServedBy<H>>;
export function handlerModule<H extends EventHandler, A extends unknown[]>(
  ...given: ProviderArguments<H, A>
): LoopModule<EventsServedBy<H>> {
  const recipe = recipeOf('handlerModule', given);
  return new LoopModule(({ bind }) => recipe.bindTo(bind<H>(EventHandler as never)));
}
