import { type LoopOptions, SchedulingPolicy } from '@escapement/core';
import type { ServiceIdentifier } from 'inversify';
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

/** What `fifoOnPolicyFaultModule` binds: `onPolicyFault` of `LoopOptions`. */
export const OnPolicyFault: ServiceIdentifier<{ readonly action: NonNullable<LoopOptions['onPolicyFault']> }> =
  Symbol.for('escapement.OnPolicyFault');

/**
 * For production: when the policy breaks its contract, the run goes on first come, first served, and warns. See
 * `onPolicyFault` in `LoopOptions`.
 *
 * @example createLoop(setTimeoutModule, sleepModule, policyModule(() => new MyPolicy()), fifoOnPolicyFaultModule);
 */
export const fifoOnPolicyFaultModule = /* @__PURE__ */ new LoopModule(({ bind }) => {
  bind(OnPolicyFault).toConstantValue({ action: 'fifo' });
});
