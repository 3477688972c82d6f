import { describe, InvalidArgumentError, type LoopEvent, SleepStrategy } from '@escapement/core';
import { LoopModule } from '@escapement/wiring';

/**
 * Makes a module for a strategy that wraps the strategy of another module. Whatever else that module binds, such as its
 * clock, stays as it is. Wrappers of wrappers work.
 *
 * @throws InvalidArgumentError if `inner` is no module, or, when the loop is made, if it binds no strategy
 * @example export const tracedModule = wrapperModule(epollModule, inner => new TracedStrategy(inner));
 */
export function wrapperModule<E extends LoopEvent>(
  inner: LoopModule<E>,
  wrap: (inner: SleepStrategy) => SleepStrategy,
): LoopModule<E> {
  if (!(inner instanceof LoopModule)) {
    const fault = `wrapperModule got ${describe(inner)}, expected the module of a strategy, such as atomicsWaitModule.`;
    throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
  }
  return new LoopModule<E>(options => {
    // What the inner module binds, rebinds or looks for as the strategy of the loop, under a token of this wrapper's own.
    const own = Symbol('wrapped strategy');
    const toOwn = <T>(token: T): T => (token === (SleepStrategy as unknown) ? (own as T) : token);
    const loaded = inner.load({
      ...options,
      bind: token => options.bind(toOwn(token)),
      rebind: token => options.rebind(toOwn(token)),
      unbind: token => options.unbind(toOwn(token)),
      isBound: (token, bindingOptions) => options.isBound(toOwn(token), bindingOptions),
    });
    options
      .bind(SleepStrategy)
      .toDynamicValue(({ get }) => wrap(given(get<SleepStrategy>(own, { optional: true }))))
      .inSingletonScope();
    return loaded;
  });
}

/** @throws InvalidArgumentError */
function given(inner: SleepStrategy | undefined): SleepStrategy {
  if (inner !== undefined) return inner;
  const fault = 'wrapperModule got a module that binds no SleepStrategy, expected the module of a strategy.';
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}
