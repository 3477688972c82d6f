import { Clock, SleepStrategy } from '@escapement/core';
import { LoopModule, type Provider, type ProviderArguments, recipeOf, type TokensOf } from '@escapement/wiring';
import { PerformanceClock } from './performance-clock.js';

/**
 * Makes a module for a strategy from a class or a function, as `handlerModule` does. A class, or a function with a parameter,
 * gets the container's clock; without one the module binds a `PerformanceClock`. A function without parameters makes a
 * strategy with a clock of its own, which becomes the loop's clock.
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
      // If two strategies are installed by mistake, the error should name them and not two clocks.
      if (!isBound(Clock)) {
        bind(Clock)
          .toDynamicValue(() => new PerformanceClock())
          .inSingletonScope();
      }
      return recipe.bindTo(bind(SleepStrategy));
    }
    // Under a token of its own too: a strategy that is rebound to `SleepStrategy` may still ask for this clock.
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
