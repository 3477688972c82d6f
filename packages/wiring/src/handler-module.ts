import { EventHandler, type EventsServedBy } from '@escapement/core';
import { LoopModule } from './loop-module.js';
import { type Provider, type ProviderArguments, recipeOf, type TokensOf } from './provider.js';

/**
 * A module for one handler; its type follows from the handler's, so it cannot claim events that it does not serve.
 *
 * A class is injected into, which takes `@injectable()` and emitted metadata if its constructor has arguments. A function
 * needs neither: it gets the loop's clock, or what the tokens stand for.
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
