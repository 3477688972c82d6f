import { type Clock, type Instant, type SleepStrategy, Wakeup } from '@escapement/core';
import { demand } from '../laws/errors.js';
import { host, realNow } from '../laws/host.js';
import { KitClock } from '../laws/kit-clock.js';
import { watchSleep } from '../laws/watchdog.js';
import { OtherThread } from './other-thread.js';
import { makeStrategy, type StrategyAdapter } from './strategy-adapter.js';

/** The longest that a promise of a strategy may take, in milliseconds. */
const PATIENCE = 1500;
/** As many early returns in a row, the loop takes as a stall. */
export const MOST_RETURNS = 10_000;

/** The sleepers of each adapter that have not ended. */
const open = new WeakMap<StrategyAdapter, Set<Sleeper>>();

/** Ends what a law that failed has left open: its threads and timers would keep the process alive. */
export function endSleepers(adapter: StrategyAdapter): void {
  for (const sleeper of open.get(adapter) ?? []) {
    try {
      sleeper.end();
    } catch {
      // The law has failed already.
    }
  }
}

/** A strategy under test, called as a loop would call it. */
export class Sleeper {
  readonly strategy: SleepStrategy;
  wakeup = new Wakeup();
  /** What the last call of `sleep` returned. */
  returned: unknown = undefined;
  #other: OtherThread | undefined;

  constructor(
    readonly adapter: StrategyAdapter,
    clock: Clock = new KitClock(1, realNow()),
  ) {
    this.strategy = makeStrategy(adapter, clock);
    open.set(adapter, (open.get(adapter) ?? new Set()).add(this));
  }

  now(): Instant {
    return this.strategy.clock.now();
  }

  /** Another thread that can request the wakeup; `end` ends it. */
  async otherThread(): Promise<OtherThread> {
    this.#other ??= await OtherThread.start(this.wakeup.share());
    return this.#other;
  }

  /** Ends the other thread and closes the strategy; both may be used again. */
  end(): void {
    open.get(this.adapter)?.delete(this);
    this.#other?.end();
    this.#other = undefined;
    this.strategy.close();
  }

  /** Calls `sleep` once. @returns how long it took, in milliseconds of real time */
  async sleepOnce(until: Instant): Promise<number> {
    const start = realNow();
    this.returned = callSleep(this.strategy, until, this.wakeup);
    if (this.returned !== undefined) await withPatience(this.returned as Promise<void>);
    return realNow() - start;
  }

  /** Calls `sleep` until the deadline has passed or the wakeup is requested. @returns how often */
  async sleepFully(until: Instant): Promise<number> {
    for (let calls = 1; ; calls++) {
      await this.sleepOnce(until);
      if (this.wakeup.requested || this.now() >= until) return calls;
      const isStalled = calls > MOST_RETURNS && this.strategy.waits !== 'spins';
      demand(!isStalled, () => returnedEarly(calls));
    }
  }
}

/** Calls `sleep`. @throws LawBrokenError if the kit had to wake it @returns what it returned */
export function callSleep(strategy: SleepStrategy, until: Instant, wakeup: Wakeup, sleep = strategy.sleep): unknown {
  const { clock } = strategy;
  const unwatch = watchSleep(wakeup, until - clock.now());
  let wasWoken = false;
  let returned: unknown;
  try {
    returned = sleep.call(strategy, until, wakeup);
  } finally {
    wasWoken = unwatch();
  }
  demand(!wasWoken, () => overslept(clock.now() - until));
  return returned;
}

function overslept(late: number): string {
  const past = Number.isFinite(late) ? `${late.toFixed(0)} ms past its deadline` : 'without end';
  return `sleep() went on ${past}, until the kit woke it. ${BY_WHICH_CLOCK} Atomics.wait takes a duration: until - this.clock.now().`;
}

/** What a strategy does that compares instants of two clocks. */
export function returnedEarly(calls: number): string {
  return `sleep() returned ${calls} times before its deadline, with no wakeup requested. ${BY_WHICH_CLOCK}`;
}

const BY_WHICH_CLOCK = 'Does it wait, and count on this.clock, not on Date.now() or performance.now()?';

function withPatience(promise: Promise<void>): Promise<void> {
  let timer: unknown;
  const tooLate = new Promise<'too late'>(resolve => {
    timer = host.setTimeout(() => resolve('too late'), PATIENCE);
  });
  return Promise.race([promise, tooLate])
    .then(outcome => demand(outcome !== 'too late', `the promise of sleep() did not settle within ${PATIENCE} ms`))
    .finally(() => host.clearTimeout(timer));
}
