import type { LoopEvent } from '@escapement/core';
import { ContainerModule } from 'inversify';

/**
 * A few bindings and nothing else, and in its type the events that it brings handlers for.
 *
 * Handlers all bind to the one token `EventHandler`, the strategy to `SleepStrategy`, a policy to `SchedulingPolicy`,
 * each instrument to `Instruments`. Bind in singleton scope: a loop has one of each.
 *
 * @example
 * export const flagModule = new LoopModule<Raised>(({ bind }) => {
 *   bind(EventHandler).to(FlagHandler).inSingletonScope();
 * });
 */
export class LoopModule<out E extends LoopEvent = never> extends ContainerModule {
  /** The events that this module handles, for the type checker; there is no such field. */
  declare protected readonly _handles?: E;
}

/** The union of the events that modules of type `M` handle. */
export type EventsOf<M> = M extends LoopModule<infer E> ? E : never;
