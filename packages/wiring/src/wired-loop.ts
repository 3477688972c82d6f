import {
  EventHandler,
  EventLoop,
  type Instrument,
  type LoopEvent,
  NoStrategyError,
  SchedulingPolicy,
  SleepStrategy,
} from '@escapement/core';
import { Container, type ResolutionContext, type ServiceIdentifier } from 'inversify';
import { Debugging } from './debug-module.js';
import { type EventsOf, LoopModule } from './loop-module.js';
import { SeveralStrategiesError } from './several-strategies-error.js';

/** Bind any number of instruments to this token: `bind(Instruments).toConstantValue(trace)`. */
export const Instruments: ServiceIdentifier<Instrument> = Symbol.for('escapement.Instruments');

/**
 * Binds `EventLoop` itself, for people who have a container of their own.
 *
 * @example
 * const container = new Container();
 * container.load(loopModule, busyWaitModule, sleepModule);
 * const loop = container.get<EventLoop<TimeEvent>>(EventLoop);
 */
export const loopModule = new LoopModule(({ bind }) => {
  bind(EventLoop).toDynamicValue(buildLoop).inSingletonScope();
});

/**
 * A loop of plugins. Its type knows which events the modules handle, so a program that can yield another one does not
 * compile.
 *
 * @throws NoStrategyError, SeveralStrategiesError, DuplicateHandlerError, IncompatiblePluginsError
 * @example
 * const loop = createLoop(setTimeoutModule, sleepModule);
 * await loop.run(function* () { yield* sleep(5); });
 */
export function createLoop<M extends LoopModule<LoopEvent>[]>(...modules: M): EventLoop<EventsOf<M[number]>> {
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(loopModule, ...modules);
  return container.get<EventLoop<EventsOf<M[number]>>>(EventLoop);
}

function buildLoop(context: ResolutionContext): EventLoop<LoopEvent> {
  const [strategy, ...others] = context.getAll(SleepStrategy, { optional: true });
  // Here rather than by the loop: without a strategy the handlers have no clock, and the container would complain of that.
  if (strategy === undefined) throw new NoStrategyError();
  if (others.length > 0) throw new SeveralStrategiesError([strategy, ...others]);
  const policy = context.get(SchedulingPolicy, { optional: true });
  const debugging = context.get(Debugging, { optional: true });
  return new EventLoop({
    strategy,
    handlers: context.getAll(EventHandler, { optional: true }),
    instruments: context.getAll(Instruments, { optional: true }),
    ...(policy !== undefined && { policy }),
    ...(debugging !== undefined && { ...debugging, debug: true }),
  });
}
