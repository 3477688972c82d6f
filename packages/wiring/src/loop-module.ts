import type { LoopEvent } from '@escapement/core';
import { type BindToFluentSyntax, ContainerModule, type ContainerModuleLoadOptions } from 'inversify';
import { MissingMetadataError } from './errors.js';

/**
 * A few bindings and nothing else, and in its type the events that it brings handlers for.
 *
 * Handlers all bind to the one token `EventHandler`, the strategy to `SleepStrategy`, a policy to `SchedulingPolicy`,
 * each instrument to `Instruments`. Bind classes, in singleton scope: each loop gets one of its own. A constant value
 * would be shared by all loops that load the module. `handlerModule`, `strategyModule` and `policyModule` make the usual
 * ones.
 *
 * @throws MissingMetadataError when it is loaded and binds a class that nothing can be injected into
 * @example
 * export const echoModule = new LoopModule<Said | Heard>(({ bind }) => {
 *   bind(EventHandler).to(SaidHandler).inSingletonScope();
 *   bind(EventHandler).to(HeardHandler).inSingletonScope();
 * });
 */
export class LoopModule<out E extends LoopEvent = never> extends ContainerModule {
  /** The events that this module handles, for the type checker; there is no such field. */
  protected declare readonly _handles?: E;

  override load(options: ContainerModuleLoadOptions): void | Promise<void> {
    const loaded = super.load({
      ...options,
      bind: token => explaining(options.bind(token)),
      rebind: token => explaining(options.rebind(token)),
    });
    // What else an arrow function of one `bind` returns, inversify would take for a promise.
    return loaded instanceof Promise ? loaded : undefined;
  }
}

/** The union of the events that modules of type `M` handle. */
export type EventsOf<M> = M extends LoopModule<infer E> ? E : never;

/** The container looks at a class when it is bound, and is silent about compilers other than tsc. */
function explaining<T>(syntax: BindToFluentSyntax<T>): BindToFluentSyntax<T> {
  const to = syntax.to.bind(syntax);
  syntax.to = type => {
    try {
      return to(type);
    } catch (cause) {
      if (cause instanceof MissingMetadataError) throw cause;
      throw new MissingMetadataError(type, cause);
    }
  };
  return syntax;
}
