import type { Duration } from '../events/instant.js';
import { IncompatiblePluginsError, StrategyError } from '../extension-points/errors.js';
import type { EventHandler } from '../extension-points/event-handler.js';
import type { Instrument } from '../extension-points/instrument.js';
import type { SchedulingPolicy } from '../extension-points/scheduling-policy.js';
import type { SleepStrategy } from '../extension-points/sleep-strategy.js';
import type { AbortSignalLike } from './abort-signal.js';

export interface LoopOptions<H extends EventHandler = EventHandler> {
  readonly strategy: SleepStrategy;
  /** One for each event class. */
  readonly handlers?: readonly H[];
  /** `FifoPolicy` by default. */
  readonly policy?: SchedulingPolicy;
  readonly instruments?: readonly Instrument[];
  /**
   * Warns of slow steps (`ESC_SLOW_STEP`), and of coroutines and events that were created but never run (`ESC_NEVER_RUN`,
   * see `coroutine`); `dump()` shows since when each task waits. Costs two reads of the clock per step, and tens of
   * microseconds per event that is created. In a wired loop: `debugModule`.
   */
  readonly debug?: boolean;
  /** With `debug`: warn of steps that take so many milliseconds or more; 100 by default. */
  readonly slowStep?: Duration;
}

export interface RunOptions {
  /**
   * When it aborts, the program is cancelled with its reason. Under a strategy that blocks or spins, no timer or listener of
   * the host can abort it; see docs/extending.md for what to do instead.
   */
  readonly signal?: AbortSignalLike;
}

/** @internal @throws StrategyError, IncompatiblePluginsError */
export function checkCompatibility(strategy: SleepStrategy, handlers: readonly EventHandler[]): void {
  if (typeof strategy.clock?.now !== 'function') {
    throw new StrategyError(
      strategy.alias,
      'has no clock, expected one in its property `clock`. (A decorated subclass gets nothing injected unless it declares a constructor of its own)',
    );
  }
  if (strategy.waits === 'yields') return;
  const misfit = handlers.find(handler => handler.needsHost);
  if (misfit !== undefined) {
    throw new IncompatiblePluginsError(misfit.constructor.name, strategy.alias, strategy.waits);
  }
}
