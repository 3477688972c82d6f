import type { LoopEvent } from '@escapement/core';
import { ContainerModule } from 'inversify';

/**
 * A few bindings and nothing else, and in its type the events that it brings handlers for.
 *
 * Handlers all bind to the one token `EventHandler`, the strategy to `SleepStrategy`, a policy to `SchedulingPolicy`,
 * each instrument to `Instruments`. Bind classes, in singleton scope: each loop gets one of its own. A constant value
 * would be shared by all loops that load the module. `handlerModule` and `strategyModule` make the usual ones.
 *
 * @example
 * export const echoModule = new LoopModule<Said | Heard>(({ bind }) => {
 *   bind(EventHandler).to(SaidHandler).inSingletonScope();
 *   bind(EventHandler).to(HeardHandler).inSingletonScope();
 * });
 */
export class LoopModule<out E extends LoopEvent = never> extends ContainerModule {
  /** The events that this module handles, for the type checker; there is no such field. */
  protected declare readonly _handles?: E;
}

/** The union of the events that modules of type `M` handle. */
export type EventsOf<M> = M extends LoopModule<infer E> ? E : never;
