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
  /** First come, first served if left out. */
  readonly policy?: SchedulingPolicy;
  readonly instruments?: readonly Instrument[];
  /**
   * Warns of slow steps, and of what was made and never run because a `yield*` is missing (`ESC_NEVER_RUN`, see
   * `coroutine`); lets reports say since when each task waits. Costs two looks at the clock a step, and one at the stack
   * for each event that is made, tens of microseconds. In a wired loop: `debugModule`.
   */
  readonly debug?: boolean;
  /** With `debug`: how long a step may take, in milliseconds, before it is warned of; 100 if left out. */
  readonly slowStep?: Duration;
}

export interface RunOptions {
  /**
   * When it aborts, the program is cancelled with its reason. Under a strategy that blocks or spins Node's own loop stands still:
   * only the program itself can abort it then, and no timer or listener. See docs/extending.md for what else to do.
   */
  readonly signal?: AbortSignalLike;
}

/** @internal What does not fit together is refused when the loop is built. */
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
