import { checkCallback, type LoopEvent } from '@escapement/core';
import { type BindToFluentSyntax, ContainerModule, type ContainerModuleLoadOptions } from 'inversify';
import { MissingMetadataError } from './errors.js';

/**
 * The bindings that install plugins in a loop. Its type has the events that its handlers handle. `handlerModule`,
 * `strategyModule` and `policyModule` make the usual modules.
 *
 * Bind each handler to `EventHandler`, a strategy to `SleepStrategy`, a policy to `SchedulingPolicy`, each instrument to
 * `Instruments`. Bind in singleton scope: each loop gets an object of its own. All loops that load the module would share a
 * constant value.
 *
 * @throws MissingMetadataError when the module is loaded and binds a class whose constructor parameters are unknown
 * @example
 * export const echoModule = new LoopModule<Said | Heard>(({ bind }) => {
 *   bind(EventHandler).to(SaidHandler).inSingletonScope();
 *   bind(EventHandler).to(HeardHandler).inSingletonScope();
 * });
 */
export class LoopModule<out E extends LoopEvent = never> extends ContainerModule {
  /** The events that this module handles, for the type checker only. The field does not exist at run time. */
  protected declare readonly _handles?: E;

  /** @throws InvalidArgumentError */
  constructor(load: (options: ContainerModuleLoadOptions) => void | Promise<void>) {
    super(checkCallback('new LoopModule', load, 'a function that takes { bind }'));
  }

  override load(options: ContainerModuleLoadOptions): void | Promise<void> {
    const loaded = super.load({
      ...options,
      bind: token => explaining(options.bind(token)),
      rebind: token => explaining(options.rebind(token)),
    });
    // An arrow function may return what its only `bind` returns, which inversify would take for a promise.
    return loaded instanceof Promise ? loaded : undefined;
  }
}

/** The union of the events that modules of type `M` handle. */
export type EventsOf<M> = M extends LoopModule<infer E> ? E : never;

/** Turns inversify's error about a class that it cannot inject into, thrown by `to`, into ours, which says what to write. */
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
