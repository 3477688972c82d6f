import { describe, InvalidArgumentError, SleepStrategy } from '@escapement/core';

/** @throws InvalidArgumentError if what a wrapper was given to wrap is no strategy */
export function checkCoarse(caller: string, coarse: SleepStrategy): void {
  if (coarse instanceof SleepStrategy) return;
  const fault = `${caller} got ${describe(coarse)}, expected a strategy, such as new AtomicsWaitStrategy(clock).`;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}

/** The name of a wrapper: by itself around the strategy that blocks without more, else with what it wraps. */
export function aliasAround(wrapper: string, { alias }: SleepStrategy): string {
  return alias === 'atomics-wait' ? wrapper : `${wrapper}-${alias}`;
}

/** Makes `sleepsIn` of a wrapper what it is in the wrapped: a getter of its class would be hidden by the field of the base class. */
export function passOnSleepsIn(wrapper: SleepStrategy, wrapped: () => SleepStrategy): void {
  Object.defineProperty(wrapper, 'sleepsIn', { get: () => wrapped().sleepsIn });
}
