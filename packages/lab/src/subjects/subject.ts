import type { Clock, Duration, EventLoop, Instant, LoopEvent, LoopModule, SchedulingPolicy, Waits } from 'escapement';

/** Something that a scenario measures. */
export type Subject = StrategySubject | BaselineSubject | OutsideSubject | PolicySubject;

/** A sleep strategy in loops. */
export interface StrategySubject {
  /** Waits in a loop. */
  readonly kind: 'strategy';
  /** Its alias. */
  readonly name: string;
  /** What it does with the thread. */
  readonly waits: Waits;
  /** A new loop with this strategy and what `modules` bind. */
  createLoop<E extends LoopEvent>(...modules: readonly LoopModule<E>[]): EventLoop<E>;
  /** What its latest strategy says of itself: lines for people. Undefined if it says nothing. */
  report(): readonly string[] | undefined;
}

/**
 * Another way to sleep, measured by the same code: what the host or a library offers. A module for `--module` may export one.
 * @example export const nap = defineBaseline('my nap', 'blocks', until => { while (performance.now() < until); });
 */
export interface BaselineSubject {
  /** Waits without a loop. */
  readonly kind: 'baseline';
  /** For the tables and the command line. */
  readonly name: string;
  /** What it does with the thread; null if that is not known. */
  readonly waits: Waits | null;
  /** Returns once `performance.now()` has reached `until`; a promise only if it lets the host run. */
  sleepUntil(until: Instant): void | Promise<void>;
  /**
   * Sleeps until each instant of `next`, one after the other, in one task of the library, and calls `woke` after each. Default:
   * `sleepUntil` for each.
   */
  readonly ticks?: (next: () => Instant | undefined, woke: () => void) => Promise<void>;
  /** What must be installed to measure it; undefined if nothing is missing. Default: nothing is. */
  readonly lacks?: () => string | undefined;
  /** Runs `work` in what it needs: the runtime of a library, for instance. It must call `work` once. */
  readonly around?: (work: () => Promise<void>) => Promise<void>;
}

/** A program in a process of its own, in another language. */
export interface OutsideSubject {
  /** Waits in a process of its own. */
  readonly kind: 'outside';
  /** For the tables and the command line. */
  readonly name: string;
  /** What must be installed to measure it; undefined if nothing is missing. Default: nothing is. */
  readonly lacks?: () => string | undefined;
  /** Ticks `count` times. */
  tick(period: Duration, count: number, pace: 'open' | 'closed'): Promise<OutsideSamples>;
}

/** What such a program found. */
export interface OutsideSamples {
  /** In microseconds, in the order of time. */
  readonly samplesUs: readonly number[];
  /** Its processor time while it ticked, in milliseconds; null if it does not tell. */
  readonly cpuMs: number | null;
}

/** A scheduling policy in loops. */
export interface PolicySubject {
  /** Orders the tasks that are ready. */
  readonly kind: 'policy';
  /** Its alias. */
  readonly name: string;
  /** A new one. @param clock of the loop that it is for */
  createPolicy(clock: Clock): SchedulingPolicy;
  /** A new loop with this policy and what `modules` bind, which waits by `Atomics.wait`. */
  createLoop<E extends LoopEvent>(...modules: readonly LoopModule<E>[]): EventLoop<E>;
}

/** Makes a baseline that the lab recognizes in a module. @param waits what it does with the thread */
export function defineBaseline(
  name: string,
  waits: Waits | null,
  sleepUntil: BaselineSubject['sleepUntil'],
): BaselineSubject {
  return { kind: 'baseline', name, waits, sleepUntil };
}
