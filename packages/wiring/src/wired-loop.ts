import {
  Clock,
  EventHandler,
  EventLoop,
  type Instrument,
  type LoopEvent,
  type LoopOptions,
  NoStrategyError,
  SchedulingPolicy,
  SleepStrategy,
  type Task,
} from '@escapement/core';
import type { ResolutionContext, ServiceIdentifier } from 'inversify';
import { Debugging } from './debug-module.js';
import { ClockMismatchError, ContainerChangedError, DuplicatePluginError } from './errors.js';
import { LoopModule } from './loop-module.js';

/** Bind any number of instruments to this token: `bind(Instruments).toConstantValue(trace)`. */
export const Instruments: ServiceIdentifier<Instrument> = Symbol.for('escapement.Instruments');

/**
 * Binds `EventLoop` itself, for people who have a container of their own. Bind, rebind and load what you like before the
 * first `container.get(EventLoop)`; after it the loop refuses to run in a container that was changed.
 *
 * @example
 * const container = new Container();
 * container.load(loopModule, busyWaitModule, sleepModule);
 * const loop = container.get<EventLoop<TimeEvent>>(EventLoop);
 */
export const loopModule = new LoopModule(({ bind, isBound }) => {
  if (isBound(EventLoop)) {
    throw new DuplicatePluginError(
      'loops',
      ['the one of this container or its parent', 'the one of this loopModule'],
      'Load loopModule once, and leave it out of createLoop(...), which brings it.',
    );
  }
  bind(EventLoop)
    .toDynamicValue(context => new WiredLoop(new Inventory(context)))
    .inSingletonScope();
});

type AnyLoop = EventLoop<LoopEvent>;

/** Does not run when its container has been changed. To whoever gets it, its methods have the types of `EventLoop`. */
class WiredLoop extends (EventLoop as new (options: LoopOptions) => AnyLoop) {
  readonly #inventory: Inventory;

  constructor(inventory: Inventory) {
    super(inventory.loopOptions());
    this.#inventory = inventory;
  }

  // biome-ignore lint/suspicious/noExplicitAny: nobody sees this type
  override async run(...given: Parameters<AnyLoop['run']>): Promise<any> {
    this.#inventory.refuseChanges();
    return super.run(...given);
  }

  // biome-ignore lint/suspicious/noExplicitAny: nobody sees this type
  override runSync(...given: Parameters<AnyLoop['runSync']>): any {
    this.#inventory.refuseChanges();
    return super.runSync(...given);
  }

  // biome-ignore lint/suspicious/noExplicitAny: nobody sees this type
  override spawn(...given: Parameters<AnyLoop['spawn']>): Task<any> {
    this.#inventory.refuseChanges();
    return super.spawn(...given);
  }
}

/** What a container holds for a loop. */
class Inventory {
  readonly #context: ResolutionContext;
  readonly #found = new Map<ServiceIdentifier<object>, readonly object[]>();

  constructor(context: ResolutionContext) {
    this.#context = context;
  }

  /** @throws NoStrategyError, DuplicatePluginError, ClockMismatchError */
  loopOptions(): LoopOptions {
    const clock = this.#one(Clock, 'clocks', each => each.constructor.name);
    const strategy = this.#one(SleepStrategy, 'sleep strategies', ({ alias }) => `'${alias}'`);
    // Here rather than by the loop: without a strategy the handlers have no clock, and the container would complain of that.
    if (strategy === undefined) throw new NoStrategyError();
    // A strategy without a clock is refused by the loop.
    if (clock && strategy.clock && strategy.clock !== clock) throw new ClockMismatchError(strategy, clock);
    const policy = this.#one(SchedulingPolicy, 'scheduling policies', ({ alias }) => `'${alias}'`);
    const debugging = this.#one(Debugging, 'debug modules', options => `debugModule(${JSON.stringify(options)})`);
    const options = { strategy, handlers: this.#all(EventHandler), instruments: this.#all(Instruments) };
    this.#forgetTransients();
    return {
      ...options,
      ...(policy !== undefined && { policy }),
      ...(debugging !== undefined && { ...debugging, debug: true }),
    };
  }

  /**
   * The container tells nobody that it is changed, so the loop looks before it runs.
   * @throws ContainerChangedError
   */
  refuseChanges(): void {
    for (const [token, before] of this.#found) {
      const now = this.#resolve(token);
      if (!isSame(before, now)) throw new ContainerChangedError(tokenName(token), before, now);
    }
  }

  #one<T extends object>(token: ServiceIdentifier<T>, what: string, name: (plugin: T) => string): T | undefined {
    const found = this.#all(token);
    if (found.length < 2) return found[0];
    const fix = `Leave all but one of their modules out, or swap with container.rebind(${tokenName(token)}).`;
    throw new DuplicatePluginError(what, found.map(name), fix);
  }

  #all<T extends object>(token: ServiceIdentifier<T>): readonly T[] {
    const found = this.#resolve(token);
    this.#found.set(token, found);
    return found;
  }

  #resolve<T extends object>(token: ServiceIdentifier<T>): readonly T[] {
    return this.#context.getAll(token, { optional: true });
  }

  /** Where a binding makes a new object each time, a later look says nothing. */
  #forgetTransients(): void {
    for (const [token, found] of this.#found) {
      if (!isSame(found, this.#resolve(token))) this.#found.delete(token);
    }
  }
}

function isSame(some: readonly object[], others: readonly object[]): boolean {
  return some.length === others.length && some.every((plugin, index) => plugin === others[index]);
}

function tokenName(token: ServiceIdentifier): string {
  if (typeof token === 'function') return token.name;
  return typeof token === 'symbol' ? (token.description ?? '').replace('escapement.', '') : token;
}
