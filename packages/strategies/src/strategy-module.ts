import { Clock, SleepStrategy } from '@escapement/core';
import { LoopModule, type Provider, type ProviderArguments, recipeOf, type TokensOf } from '@escapement/wiring';
import { PerformanceClock } from './performance-clock.js';

/**
 * A module for a strategy: a class or a function that makes one, as for `handlerModule`. It gets the real clock, or the
 * one that the container has already. A function that takes nothing makes a strategy with a clock of its own, which
 * becomes the loop's.
 *
 * @throws NotAProviderError
 * @example
 * export const napModule = strategyModule(clock => new NapStrategy(clock, { shortest: 0.2 }));
 * export const slowModule = strategyModule(() => new SlowMotionStrategy());
 */
export function strategyModule(provider: Provider<SleepStrategy>): LoopModule;
export function strategyModule<A extends unknown[]>(
  tokens: TokensOf<A>,
  make: (...args: A) => SleepStrategy,
): LoopModule;
export function strategyModule<A extends unknown[]>(...given: ProviderArguments<SleepStrategy, A>): LoopModule {
  const recipe = recipeOf('strategyModule', given);
  const bringsClock = recipe.tokens?.length === 0;
  return new LoopModule(({ bind, isBound }) => {
    if (!bringsClock) {
      // With two strategies by mistake, the loop shall say so, and not that there are two clocks.
      if (!isBound(Clock)) {
        bind(Clock)
          .toDynamicValue(() => new PerformanceClock())
          .inSingletonScope();
      }
      return recipe.bindTo(bind(SleepStrategy));
    }
    // Not under `SleepStrategy` alone: if that is bound anew, the new one may ask for the clock.
    const own = Symbol('strategy');
    recipe.bindTo(bind<SleepStrategy>(own));
    bind(SleepStrategy).toService(own);
    if (!isBound(Clock)) {
      bind(Clock)
        .toDynamicValue(({ get }) => get<SleepStrategy>(own).clock)
        .inSingletonScope();
    }
  });
}
