import { SchedulingPolicy } from '@escapement/core';
import { LoopModule } from './loop-module.js';
import { type Provider, type ProviderArguments, recipeOf, type TokensOf } from './provider.js';

/**
 * Makes a module for a scheduling policy from a class or a function, as `handlerModule` does.
 *
 * @throws NotAProviderError
 * @example
 * export const lifoModule = policyModule(() => new LifoPolicy());
 * export const agingModule = policyModule(clock => new AgingPolicy(clock, { halfLife: 100 }));
 */
export function policyModule(provider: Provider<SchedulingPolicy>): LoopModule;
export function policyModule<A extends unknown[]>(
  tokens: TokensOf<A>,
  make: (...args: A) => SchedulingPolicy,
): LoopModule;
export function policyModule<A extends unknown[]>(...given: ProviderArguments<SchedulingPolicy, A>): LoopModule {
  const recipe = recipeOf('policyModule', given);
  return new LoopModule(({ bind }) => recipe.bindTo(bind(SchedulingPolicy)));
}
