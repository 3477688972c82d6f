import { Clock, type Duration, describe } from '@escapement/core';
import { demand, InvalidAdapterError } from '../laws/errors.js';
import { realDelay, realNow } from '../laws/host.js';
import { Random } from '../laws/random.js';
import {
  callAdapter,
  checkMembers,
  checkRunner,
  defineSuite,
  type Law,
  type LawOptions,
  type Runner,
  type Subject,
  seedOf,
} from '../laws/suite.js';

/**
 * Tells `clockLaws` how to make your clock.
 *
 * @example const performance: ClockAdapter = { clock: () => new PerformanceClock() };
 */
export interface ClockAdapter<C extends Clock = Clock> {
  /** Makes a new clock for each case. */
  clock(): C;
  /** For a clock that does not move by itself: moves it by `duration` milliseconds. */
  advance?(clock: C, duration: Duration): void;
  /** The clock shows the time of day, which somebody may set. Default: false. */
  readonly isWallClock?: boolean;
}

interface ClockSubject extends Subject {
  readonly adapter: ClockAdapter;
}

type ClockLaw = Law<ClockSubject>;

const CALLER = 'clockLaws';
const READINGS = 20_000;

const showsNumbers: ClockLaw = {
  number: 'K1',
  rule: 'shows a finite number',
  why: 'the loop compares instants: with NaN nothing would ever be due',
  check({ adapter }) {
    const clock = makeClock(adapter);
    for (let n = 0; n < 1000; n++) {
      const shown: unknown = clock.now();
      demand(Number.isFinite(shown), () => `now() returned ${describe(shown)}, expected a finite number`);
      if (n % 100 === 0) adapter.advance?.(clock, 0.5);
    }
  },
};

const isMonotonic: ClockLaw = {
  number: 'K2',
  rule: 'never goes backwards',
  why: 'what was due would not be due any more, and durations would be negative',
  async check({ adapter, seed }) {
    const random = new Random(seed);
    const clock = makeClock(adapter);
    let last = clock.now();
    for (let n = 0; n < READINGS; n++) {
      const shown = clock.now();
      demand(shown >= last, () => `now() returned ${shown} after ${last}`);
      last = shown;
      if (n % 50 === 0) adapter.advance?.(clock, random.next());
      if (n % 5000 === 0) await realDelay(2);
    }
  },
};

const countsMilliseconds: ClockLaw = {
  number: 'K3',
  rule: 'counts milliseconds, and moves while the host waits',
  why: 'all durations of the loop are milliseconds of its clock',
  isStatistical: true,
  inapplicable: ({ adapter }) => (adapter.advance === undefined ? undefined : 'the kit moves it (`advance`)'),
  async check({ adapter }) {
    const clock = makeClock(adapter);
    const start = realNow();
    const before = clock.now();
    await realDelay(40);
    const elapsed = clock.now() - before;
    const real = realNow() - start;
    const isRight = elapsed > real / 2 && elapsed < real * 2;
    demand(isRight, () => `moved by ${elapsed} in ${real.toFixed(1)} ms of real time`);
  },
};

const ignoresWallClock: ClockLaw = {
  number: 'K4',
  rule: 'does not move when somebody sets the time of day',
  why: 'daylight saving, or a correction over the network, would end sleeps early or an hour late',
  inapplicable: ({ adapter }) => (adapter.isWallClock ? 'the adapter says that it shows the time of day' : undefined),
  check({ adapter }) {
    const clock = makeClock(adapter);
    const before = clock.now();
    const moved = withWallClockMoved(3_600_000, () => clock.now()) - before;
    const back = withWallClockMoved(-3_600_000, () => clock.now()) - before;
    const isCalm = Math.abs(moved) < 60_000 && Math.abs(back) < 60_000;
    demand(isCalm, () => `moved by ${moved} ms when the time of day was set an hour ahead, by ${back} an hour back`);
  },
};

/** Calls `read` while `Date` shows another time. */
function withWallClockMoved(by: Duration, read: () => number): number {
  const present = globalThis.Date;
  class Moved extends present {
    constructor(...given: unknown[]) {
      if (given.length > 0) super(...(given as [number]));
      else super(present.now() + by);
    }
    static override now(): number {
      return present.now() + by;
    }
  }
  try {
    globalThis.Date = Moved as DateConstructor;
    return read();
  } finally {
    globalThis.Date = present;
  }
}

const obeys: ClockLaw = {
  number: 'K5',
  rule: 'moves by exactly what it is told, and stands still otherwise',
  why: 'tests in virtual time are exact only then',
  inapplicable: ({ adapter }) => (adapter.advance === undefined ? 'it moves by itself (no `advance`)' : undefined),
  async check({ adapter }) {
    const clock = makeClock(adapter);
    for (const duration of [0, 0.5, 1, 1e3, 1e9]) {
      const expected = clock.now() + duration;
      adapter.advance!(clock, duration);
      for (let n = 0; n < 3; n++) {
        demand(clock.now() === expected, () => `shows ${clock.now()} after ${duration} ms, expected ${expected}`);
        await realDelay(2);
      }
    }
  },
};

/**
 * Defines a test for each law of a `Clock`: clauses K1 to K5 of the contracts.
 *
 * @throws InvalidAdapterError
 * @example
 * import { describe, it } from 'node:test';
 * clockLaws({ describe, it }, { clock: () => new PerformanceClock() });
 */
export function clockLaws<C extends Clock>(runner: Runner, adapter: ClockAdapter<C>, options: LawOptions = {}): void {
  checkRunner(CALLER, runner);
  checkMembers(CALLER, adapter, ['clock'], ['advance']);
  const general = adapter as unknown as ClockAdapter;
  const { name } = makeClock(general).constructor;
  const laws = [showsNumbers, isMonotonic, countsMilliseconds, ignoresWallClock, obeys];
  defineSuite(runner, `${name} keeps the laws of a clock`, laws, { adapter: general, seed: seedOf(CALLER, options) });
}

function makeClock(adapter: ClockAdapter): Clock {
  const clock: unknown = callAdapter(CALLER, 'clock()', () => adapter.clock());
  if (clock instanceof Clock) return clock;
  throw new InvalidAdapterError(CALLER, `clock() of the adapter returned ${describe(clock)}, expected a Clock.`);
}
