import { type Clock, type Duration, describe, SleepStrategy, type Waits } from '@escapement/core';
import { InvalidAdapterError } from '../laws/errors.js';
import { callAdapter, checkMembers, type Law, type Subject } from '../laws/suite.js';

/**
 * Tells `strategyLaws` how to make your strategy.
 *
 * @example const nap: StrategyAdapter = { strategy: clock => new NapStrategy(clock) };
 */
export interface StrategyAdapter<S extends SleepStrategy = SleepStrategy> {
  /**
   * Makes a strategy. `clock` runs in real time, at a rate and from an instant of the kit's choice. A strategy that brings a
   * clock of its own needs a function without parameters here.
   */
  strategy(clock: Clock): S;
  /** How late its sleeps typically end at most, in milliseconds. Default: 1 if it spins, 5 if it blocks, 20 if it yields. */
  readonly late?: Duration;
  /** It takes a core while it sleeps, on purpose, although it blocks or yields. Default: false. */
  readonly takesCore?: boolean;
  /** If it has `sleepsIn`: makes that ready, so that it ends a sleep. Returns what undoes this. */
  makeReady?(strategy: S): () => void;
  /** Counts what the strategy holds outside of the loop, such as open descriptors; the same after `close` as before. */
  held?(): number;
}

/** @internal */
export interface StrategySubject extends Subject {
  readonly adapter: StrategyAdapter;
  readonly waits: Waits;
  readonly sleepsIn: object | undefined;
}

/** @internal */
export type StrategyLaw = Law<StrategySubject>;

export const CALLER = 'strategyLaws';

/** @throws InvalidAdapterError */
export function checkStrategyAdapter(adapter: StrategyAdapter): void {
  checkMembers(CALLER, adapter, ['strategy'], ['makeReady', 'held']);
  const { late } = adapter;
  if (late === undefined || (typeof late === 'number' && late > 0)) return;
  throw new InvalidAdapterError(CALLER, `the adapter's late is ${describe(late)}, expected milliseconds above 0.`);
}

/** @throws InvalidAdapterError */
export function makeStrategy(adapter: StrategyAdapter, clock: Clock): SleepStrategy {
  const strategy: unknown = callAdapter(CALLER, 'strategy()', () => adapter.strategy(clock));
  if (strategy instanceof SleepStrategy) return strategy;
  const advice = 'It must extend SleepStrategy of the same copy of @escapement/core as this kit.';
  const problem = `strategy() of the adapter returned ${describe(strategy)}, expected a strategy. ${advice}`;
  throw new InvalidAdapterError(CALLER, problem);
}

const DEFAULT_LATE: Readonly<Record<Waits, Duration>> = { spins: 1, blocks: 5, yields: 20, jumps: 0 };

/** @internal How late a sleep may typically end, in milliseconds. */
export function lateFor({ late }: StrategyAdapter, waits: Waits): Duration {
  return late ?? DEFAULT_LATE[waits];
}
