import { classNameOf, describe, isClass, nameOf, safely } from '../errors/describe.js';
import { checkNumber, InvalidArgumentError, isReadable } from '../errors/invalid-argument-error.js';
import { TwoCopiesError } from '../events/core-copy.js';
import type { Duration } from '../events/instant.js';
import { IncompatiblePluginsError, NoStrategyError, StrategyError } from '../extension-points/errors.js';
import type { EventHandler } from '../extension-points/event-handler.js';
import { INSTRUMENT_HOOKS, type Instrument } from '../extension-points/instrument.js';
import type { SchedulingPolicy } from '../extension-points/scheduling-policy.js';
import type { SleepStrategy, Waits } from '../extension-points/sleep-strategy.js';
import type { SpawnOptions } from '../primitives/spawn.js';
import type { AbortSignalLike } from './abort-signal.js';

/** What an `EventLoop` is made of. `createLoop` of `@escapement/wiring` collects it from modules. */
export interface LoopOptions<H extends EventHandler = EventHandler> {
  /** How the loop lets time pass. Its clock is the loop's. Without one, the constructor throws `NoStrategyError`. */
  readonly strategy: SleepStrategy;
  /** One for each event class. */
  readonly handlers?: readonly H[];
  /** `FifoPolicy` by default. */
  readonly policy?: SchedulingPolicy;
  /**
   * What happens when the policy breaks its contract. `'fail'`, the default, ends the run with a `PolicyError`, after every
   * task has been cancelled. With `'fifo'` the run goes on without the policy, first come, first served, loses no task, and
   * warns (`ESC_POLICY_FAILED`). The next run starts with the policy again.
   */
  readonly onPolicyFault?: 'fail' | 'fifo';
  /** What observes the loop, called in this order. Default: none, which costs nothing. */
  readonly instruments?: readonly Instrument[];
}

/** How `loop.run` and `loop.spawn` run a program. */
export interface RunOptions {
  /**
   * When it aborts, the program is cancelled with its reason. Under a strategy that blocks or spins, the host can abort it only
   * with `hostTurns`.
   */
  readonly signal?: AbortSignalLike | undefined;
  /**
   * Under a strategy that spins or blocks, the host's own loop gets a turn at least every so many milliseconds until the run
   * ends: its signals, timers and promises are served then. Default: `Infinity`, the host stands still. Under a strategy that
   * yields, the host runs anyway; in virtual time and in `runSync` it never does.
   */
  readonly hostTurns?: Duration | undefined;
  /**
   * With true, the program may wait for callbacks of the host alone, like one that settles a `Deferred`: until it ends, that
   * is no deadlock. Only where the host runs. (`loop.keepAlive()` does the same for a run that goes on.)
   */
  readonly keepAlive?: boolean | undefined;
}

/** How `loop.spawn` starts a program. */
export interface HostSpawnOptions extends SpawnOptions, RunOptions {}

const WAITS: readonly unknown[] = ['spins', 'blocks', 'yields', 'jumps'] satisfies Waits[];

/** The methods that the loop calls. */
const HANDLER = 'arm disarm interrupt startsWhenCancelled poll nextDeadline inFlight blockers beforeSleep close'.split(
  ' ',
);
const STRATEGY = ['sleep', 'close'];
const POLICY = ['add', 'next'];

/** @internal @throws NoStrategyError, InvalidArgumentError, StrategyError, IncompatiblePluginsError */
export function checkOptions(options: LoopOptions): void {
  if (!isReadable(options)) throw notAPlugin('options', options, '{ strategy, handlers }');
  const { strategy, handlers = [], policy, onPolicyFault = 'fail', instruments = [] } = options;
  if (strategy === undefined)
    throw isModule(options) ? notAPlugin('options', options, '{ strategy, handlers }') : new NoStrategyError();
  checkPlugin('strategy', strategy, 'SleepStrategy', STRATEGY);
  for (const handler of checkList('handlers', handlers)) {
    checkPlugin('handler', handler, 'EventHandler', HANDLER);
    TwoCopiesError.check(`new EventLoop got ${describe(handler)} for a handler`, handler);
  }
  if (policy !== undefined) checkPlugin('policy', policy, 'SchedulingPolicy', POLICY);
  if (onPolicyFault !== 'fail' && onPolicyFault !== 'fifo') {
    throw notAPlugin('onPolicyFault', onPolicyFault, "'fail' or 'fifo'");
  }
  for (const one of checkList('instruments', instruments)) {
    checkPlugin('instrument', one, 'Instrument', []);
    const present = INSTRUMENT_HOOKS.filter(hook => one[hook] !== undefined);
    checkPlugin('instrument', one, 'Instrument', present);
  }
  checkCompatibility(strategy, handlers);
}

/** @internal @throws InvalidArgumentError */
export function checkRunOptions(caller: string, options: RunOptions): RunOptions {
  if (!isReadable(options)) {
    const fault = `${caller} got ${describe(options)}, expected { signal } or nothing.`;
    throw new InvalidArgumentError('ESC_INVALID_OPTIONS', fault);
  }
  const { hostTurns, keepAlive } = options;
  if (keepAlive !== undefined && typeof keepAlive !== 'boolean') {
    const fault = `${caller} got ${describe(keepAlive)} for \`keepAlive\`, expected true or false.`;
    throw new InvalidArgumentError('ESC_INVALID_OPTIONS', fault);
  }
  if (hostTurns !== undefined) checkNumber(caller, 'hostTurns', hostTurns, given => given > 0, 'milliseconds, above 0');
  return options;
}

function checkPlugin(what: string, given: unknown, type: string, methods: readonly string[]): void {
  if (!isReadable(given)) throw notAPlugin(what, given, `an object of type ${type}`);
  const lacking = methods.find(method => typeof (given as Record<string, unknown>)[method] !== 'function');
  if (lacking !== undefined) throw notAPlugin(what, given, `an object of type ${type}, which has a method ${lacking}`);
}

function checkList<T>(what: string, given: readonly T[]): readonly T[] {
  if (!safely(() => Array.isArray(given))) throw notAPlugin(what, given, 'an array');
  return given;
}

function notAPlugin(what: string, given: unknown, expected: string): InvalidArgumentError {
  const fault = `new EventLoop got ${describe(given)} for its ${what}, expected ${expected}.${adviceFor(given)}`;
  return new InvalidArgumentError('ESC_INVALID_OPTIONS', fault);
}

function adviceFor(given: unknown): string {
  if (typeof given === 'function' && isClass(given)) return ` Create an instance: new ${nameOf(given, 'it')}(...).`;
  if (given === undefined) return ' A cycle of imports may have left it undefined.';
  return isModule(given) ? ' Pass modules to createLoop(...), from @escapement/wiring.' : '';
}

function isModule(given: unknown): boolean {
  return safely(() => typeof (given as { load?: unknown } | null)?.load === 'function') ?? false;
}

function checkCompatibility(strategy: SleepStrategy, handlers: readonly EventHandler[]): void {
  if (typeof strategy.clock?.now !== 'function') {
    throw new StrategyError(
      strategy.alias,
      'has no clock, expected one in its property `clock`. (A decorated subclass gets nothing injected unless it declares a constructor of its own)',
    );
  }
  if (!WAITS.includes(strategy.waits)) {
    const problem = `has waits = ${describe(strategy.waits)}, expected 'spins', 'blocks', 'yields' or 'jumps'`;
    throw new StrategyError(strategy.alias, problem);
  }
  if (strategy.waits === 'yields') return;
  const misfit = handlers.find(handler => handler.needsHost);
  if (misfit !== undefined) {
    throw new IncompatiblePluginsError(classNameOf(misfit), strategy.alias, strategy.waits);
  }
}
