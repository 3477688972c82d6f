import {
  Clock,
  EventHandler,
  EventLoop,
  type Instrument,
  type KeepAlive,
  type LoopEvent,
  type LoopOptions,
  NoStrategyError,
  SchedulingPolicy,
  SleepStrategy,
  type Task,
} from '@escapement/core';
import type { ResolutionContext, ServiceIdentifier } from 'inversify';
import { ClockMismatchError, ContainerChangedError, DuplicatePluginError, nameOf } from './errors.js';
import { LoopModule } from './loop-module.js';
import { OnPolicyFault } from './policy-module.js';

/** The token for instruments; bind any number: `bind(Instruments).toConstantValue(trace)`. */
export const Instruments: ServiceIdentifier<Instrument> = Symbol.for('escapement.Instruments');

/**
 * Binds `EventLoop`, for a container of your own. Call `bind`, `rebind` and `load` before the first
 * `container.get(EventLoop)`. If the container changes later, the loop throws `ContainerChangedError` instead of running.
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
      ['the one in this container or its parent', 'the one of this loopModule'],
      'Load loopModule once; do not pass it to createLoop(...), which loads it itself.',
    );
  }
  bind(EventLoop)
    .toDynamicValue(context => new WiredLoop(new WiredPlugins(context)))
    .inSingletonScope();
});

type AnyLoop = EventLoop<LoopEvent>;

/** A loop that does not run after its container was changed. It is only ever typed as an `EventLoop`. */
class WiredLoop extends (EventLoop as new (options: LoopOptions) => AnyLoop) {
  readonly #plugins: WiredPlugins;

  constructor(plugins: WiredPlugins) {
    super(plugins.loopOptions());
    this.#plugins = plugins;
  }

  // biome-ignore lint/suspicious/noExplicitAny: this type is not visible to users
  override async run(...given: Parameters<AnyLoop['run']>): Promise<any> {
    this.#plugins.assertUnchanged();
    return super.run(...given);
  }

  // biome-ignore lint/suspicious/noExplicitAny: this type is not visible to users
  override runSync(...given: Parameters<AnyLoop['runSync']>): any {
    this.#plugins.assertUnchanged();
    return super.runSync(...given);
  }

  // biome-ignore lint/suspicious/noExplicitAny: this type is not visible to users
  override spawn(...given: Parameters<AnyLoop['spawn']>): Task<any> {
    if (!this.isRunning) this.#plugins.assertUnchanged();
    return super.spawn(...given);
  }

  override keepAlive(): KeepAlive {
    if (!this.isRunning) this.#plugins.assertUnchanged();
    return super.keepAlive();
  }
}

/** The plugins that a container holds for a loop. */
class WiredPlugins {
  readonly #context: ResolutionContext;
  readonly #found = new Map<ServiceIdentifier<object>, readonly object[]>();

  constructor(context: ResolutionContext) {
    this.#context = context;
  }

  /** @throws NoStrategyError, DuplicatePluginError, ClockMismatchError */
  loopOptions(): LoopOptions {
    const clock = this.#one(Clock, 'clocks', nameOf);
    const strategy = this.#one(SleepStrategy, 'sleep strategies', ({ alias }) => `'${String(alias)}'`);
    // Checked here, because without a strategy no clock is bound, and the container would report the missing clock instead.
    if (strategy === undefined) throw new NoStrategyError();
    // The loop itself refuses a strategy without a clock.
    if (clock && strategy.clock && strategy.clock !== clock) throw new ClockMismatchError(strategy, clock);
    const policy = this.#one(SchedulingPolicy, 'scheduling policies', ({ alias }) => `'${String(alias)}'`);
    const onFault = this.#one(OnPolicyFault, 'settings for faults of the policy', ({ action }) => `'${action}'`);
    const options = { strategy, handlers: this.#all(EventHandler), instruments: this.#all(Instruments) };
    this.#forgetTransients();
    return {
      ...options,
      ...(policy !== undefined && { policy }),
      ...(onFault !== undefined && { onPolicyFault: onFault.action }),
    };
  }

  /**
   * The container reports no changes, so the loop checks before each run.
   * @throws ContainerChangedError
   */
  assertUnchanged(): void {
    for (const [token, before] of this.#found) {
      const now = this.#resolve(token);
      if (!isSame(before, now)) throw new ContainerChangedError(tokenName(token), before, now);
    }
  }

  #one<T extends object>(token: ServiceIdentifier<T>, what: string, name: (plugin: T) => string): T | undefined {
    const found = this.#all(token);
    if (found.length < 2) return found[0];
    const fix = `Pass only one of their modules, or replace one with container.rebind(${tokenName(token)}).`;
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

  /** A binding in transient scope resolves to a new object each time, so a later comparison would be meaningless. */
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
