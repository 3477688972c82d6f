import { Clock, describe } from '@escapement/core';
import type { BindToFluentSyntax, Newable, ResolutionContext, ServiceIdentifier } from 'inversify';
import { isClass, NotAProviderError, safely } from './errors.js';

/** What makes a plugin: a class, into whose constructor the container injects, or a function, which gets the loop's clock. */
export type Provider<T> = Newable<T> | ((clock: Clock) => T);

/** For each parameter of a function, the token that its value is bound to: usually a class. */
export type TokensOf<A extends readonly unknown[]> = readonly [...{ [K in keyof A]: ServiceIdentifier<A[K]> }];

/** A provider, or tokens and a function that gets the values bound to them. */
export type ProviderArguments<T, A extends unknown[]> =
  | readonly [provider: Provider<T>]
  | readonly [tokens: TokensOf<A>, make: (...args: A) => T];

/** How a container makes a plugin. */
export interface Recipe<T> {
  /** The tokens of the function's arguments; undefined for a class, whose parameters the container knows. */
  readonly tokens?: readonly ServiceIdentifier[];
  /** Binds in singleton scope: each loop gets a plugin of its own. */
  bindTo(syntax: BindToFluentSyntax<T>): void;
}

/**
 * Checks the arguments of `handlerModule` and the like. Use it in a module function of your own.
 *
 * @param caller the name of that function, for errors
 * @throws NotAProviderError
 * @example
 * export function selectorModule(provider: Provider<Selector>): LoopModule {
 *   const recipe = recipeOf('selectorModule', [provider]);
 *   return new LoopModule(({ bind }) => recipe.bindTo(bind(Selector)));
 * }
 */
export function recipeOf<T extends object, A extends unknown[]>(
  caller: string,
  given: ProviderArguments<T, A>,
): Recipe<T> {
  if (!safely(() => Array.isArray(given), false)) {
    throw new NotAProviderError(caller, `got ${describe(given)}, expected the list of its arguments`);
  }
  const [first, second] = given;
  const isTokens = safely(() => Array.isArray(first), false);
  if (typeof first === 'function' && isClass(first)) {
    return { bindTo: syntax => void syntax.to(first as Newable<T>).inSingletonScope() };
  }
  const make = (isTokens ? second : first) as (...args: A) => T;
  if (typeof make !== 'function') {
    throw new NotAProviderError(caller, `got ${describe(make)}, expected a class or a function that makes a plugin`);
  }
  if (isClass(make)) throw new NotAProviderError(caller, `got ${describe(make)} after tokens, expected a function`);
  const tokens = (isTokens ? first : clockFor(make, caller)) as TokensOf<A>;
  const missing = tokens.indexOf(undefined as never);
  if (missing >= 0) throw new NotAProviderError(caller, `got undefined as token ${missing + 1}`);
  const makeWith = ({ get }: ResolutionContext) => checkPlugin(make(...(tokens.map(token => get(token)) as A)), caller);
  return { tokens, bindTo: syntax => void syntax.toDynamicValue(makeWith).inSingletonScope() };
}

/** The tokens of a function that was given without any: the clock if it has a parameter. */
function clockFor(make: { readonly length: number }, caller: string): readonly ServiceIdentifier[] {
  const length = safely<unknown>(() => make.length, undefined);
  if (length === 0) return [];
  if (length === 1) return [Clock];
  throw new NotAProviderError(caller, `got a function with ${describe(length)} parameters and no tokens`);
}

function checkPlugin<T extends object>(made: T, caller: string): T {
  const isPlugin = typeof made === 'object' && made !== null && safely(() => !('then' in made), false);
  if (isPlugin) return made;
  throw new NotAProviderError(caller, `got a function that returned ${describe(made)}, expected a plugin`);
}
