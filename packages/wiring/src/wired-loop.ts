import {
  EventHandler,
  EventLoop,
  type Instrument,
  type LoopEvent,
  SchedulingPolicy,
  SleepStrategy,
} from '@escapement/core';
import { Container, type ResolutionContext, type ServiceIdentifier } from 'inversify';
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
 * const loop = container.get<EventLoop<Sleep>>(EventLoop);
 */
export const loopModule = new LoopModule(({ bind }) => {
  bind<EventLoop<LoopEvent>>(EventLoop).toDynamicValue(buildLoop).inSingletonScope();
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
  const strategies = context.getAll(SleepStrategy, { optional: true });
  if (strategies.length > 1) throw new SeveralStrategiesError(strategies);
  const policy = context.get(SchedulingPolicy, { optional: true });
  return new EventLoop<LoopEvent>({
    // None at all is for the loop to refuse.
    strategy: strategies[0] as SleepStrategy,
    handlers: context.getAll(EventHandler, { optional: true }),
    instruments: context.getAll(Instruments, { optional: true }),
    ...(policy !== undefined && { policy }),
  });
}
