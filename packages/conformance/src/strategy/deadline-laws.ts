import { type Clock, EventLoop, spawn } from '@escapement/core';
import { Alarm, AlarmHandler } from '../laws/alarm.js';
import { demand } from '../laws/errors.js';
import { median, realNow } from '../laws/host.js';
import { KitClock } from '../laws/kit-clock.js';
import { callSleep, MOST_RETURNS, returnedEarly, Sleeper } from './sleeper.js';
import { lateFor, makeStrategy, type StrategyAdapter, type StrategyLaw } from './strategy-adapter.js';
import { checkLatencies, latenciesOf, needsThread } from './wakeup-laws.js';

/** In milliseconds. */
const AT_ONCE = 50;
const HOUR = 3_600_000;
const YEARS = 10 * 365 * 24 * HOUR;

const returnsAtOnce: StrategyLaw = {
  number: 'S2',
  rule: 'returns at once for a deadline that has passed',
  why: 'a handler has a wait that is due, and the loop polls it after the sleep',
  isStatistical: true,
  async check({ adapter }) {
    const sleeper = new Sleeper(adapter);
    for (const offset of [0, -1, -1e12, -Infinity]) {
      const before = sleeper.now();
      const times: number[] = [];
      for (let n = 0; n < 3; n++) times.push(await sleeper.sleepOnce(before + offset));
      const isQuick = median(times) < AT_ONCE;
      demand(isQuick, () => `slept ${Math.max(...times).toFixed(0)} ms for a deadline ${-offset} ms ago`);
      demand(sleeper.now() >= before, 'its clock went backwards');
    }
    sleeper.end();
  },
};

const endsInTime: StrategyLaw = {
  number: 'S9',
  rule: 'sleeps until its deadline, tiny ones too, and is not later than it declares',
  why: 'how late the sleeps end is how late every timer of the loop is',
  isStatistical: true,
  async check({ adapter, waits }) {
    const sleeper = new Sleeper(adapter);
    for (const duration of [0.001, 0.1, 0.7, 2, 6]) {
      const lateness: number[] = [];
      for (let n = 0; n < 7; n++) {
        const until = sleeper.now() + duration;
        await sleeper.sleepFully(until);
        lateness.push(sleeper.now() - until);
      }
      const most = waits === 'jumps' ? 0 : lateFor(adapter, waits);
      // Not the median: on a busy machine most sleeps are late, whatever the strategy does.
      const best = Math.min(...lateness);
      demand(
        best <= most,
        () =>
          `seven sleeps of ${duration} ms ended ${best.toFixed(3)} ms late or more, expected at most ${most} ms (\`late\` of the adapter)`,
      );
    }
    sleeper.end();
  },
};

const sleepsForYears: StrategyLaw = {
  number: 'S10',
  rule: 'sleeps towards a deadline that is years away as towards one in an hour',
  why: 'timers of the host overflow after 24 days and then fire at once, again and again',
  isStatistical: true,
  async check({ adapter, waits, ...subject }) {
    const sleeper = new Sleeper(adapter);
    if (waits === 'jumps' || waits === 'spins') {
      const until = sleeper.now() + YEARS;
      const took = await sleeper.sleepOnce(until);
      demand(took < AT_ONCE, () => `a sleep of ten years took ${took.toFixed(0)} ms, although it ${waits}`);
      const isThere = waits === 'spins' || sleeper.now() === until;
      demand(isThere, () => `its clock shows ${sleeper.now()} after a jump to ${until}`);
    } else if (needsThread({ adapter, waits, ...subject }) === undefined) {
      // First with a deadline: a strategy that heeds no request would sleep for an hour.
      checkLatencies(await latenciesOf(sleeper));
      const perHour = await returnsWithin(sleeper, HOUR);
      const perYears = await returnsWithin(sleeper, YEARS);
      const most = 2 * perHour + 4;
      demand(
        perYears <= most,
        () => `woke ${perYears} times in 60 ms of a sleep of years, of one of an hour ${perHour}`,
      );
    }
    sleeper.end();
  },
};

/** How often `sleep` returns within 60 ms. */
async function returnsWithin(sleeper: Sleeper, duration: number): Promise<number> {
  const other = await sleeper.otherThread();
  const until = sleeper.now() + duration;
  sleeper.wakeup.clear();
  other.requestIn(60_000);
  let calls = 0;
  for (; !sleeper.wakeup.requested && calls <= MOST_RETURNS; calls++) await sleeper.sleepOnce(until);
  other.acknowledge();
  return calls;
}

/**
 * As often a sleep may return early by one clock, beyond twice as often as by another. A strategy that spins for its last stretch
 * does so some thirty times; a timer of the host that is set by another clock rings each millisecond of a sleep.
 */
const MORE_RETURNS = 55;

const goesByItsClock: StrategyLaw = {
  number: 'S11',
  rule: 'counts on the clock that it was given, and has that as its clock',
  why: 'deadlines are instants of that clock: by another one sleeps last too long, or return at once for ever',
  isStatistical: true,
  inapplicable: ({ adapter, ...subject }) =>
    adapter.strategy.length === 0
      ? 'strategy() of the adapter takes no clock: it brings its own'
      : needsThreadOrSpins({ adapter, ...subject }),
  async check({ adapter, waits }) {
    const clocks: readonly [string, Clock, number][] = [
      ['is far behind', new KitClock(1, -1e7), 100],
      ['shows the time since the host has started', new KitClock(1, realNow()), 100],
      ['shows the time of day', new KitClock(1, Date.now()), 100],
      ['is ahead', new KitClock(1, 1e9), 100],
      ['is slow', new KitClock(0.25), 25],
    ];
    const mayReturn = waits === 'spins' || adapter.takesCore === true;
    let fewest = Infinity;
    let most = 0;
    for (const [what, clock, duration] of clocks) {
      const { calls, took } = await sleepBy(adapter, clock, duration);
      demand(took < 350, () => `on a clock that ${what}, a sleep of ${duration} ms took ${took.toFixed(0)} ms`);
      fewest = Math.min(fewest, calls);
      most = Math.max(most, calls);
      const isSteady = mayReturn || most <= 2 * fewest + MORE_RETURNS;
      demand(isSteady, () => `${returnedEarly(most)} By a clock that shows another time it was ${fewest} times.`);
    }
  },
};

/** @returns how often it was called, and how long it took in real time */
async function sleepBy(adapter: StrategyAdapter, clock: Clock, duration: number) {
  const sleeper = new Sleeper(adapter, clock);
  demand(sleeper.strategy.clock === clock, 'its clock is not the one that it was given');
  const start = realNow();
  const calls = await sleeper.sleepFully(clock.now() + duration);
  const took = realNow() - start;
  sleeper.end();
  return { calls, took };
}

function needsThreadOrSpins(subject: Parameters<typeof needsThread>[0]): string | undefined {
  return subject.waits === 'spins' ? undefined : needsThread(subject);
}

const carriesALoop: StrategyLaw = {
  number: 'S12',
  rule: 'carries a loop: tasks resume in the order of their deadlines, none early',
  why: 'that is what a strategy is for',
  isStatistical: true,
  async check({ adapter }) {
    const strategy = makeStrategy(adapter, new KitClock(1));
    const { clock, sleep } = strategy;
    strategy.sleep = (until, wakeup) => callSleep(strategy, until, wakeup, sleep) as Promise<void> | void;
    const loop = new EventLoop({ strategy, handlers: [new AlarmHandler()] });
    const order: number[] = [];
    await loop.run(function* () {
      const start = clock.now();
      for (const due of [7, 1, 20, 3, 0, 12]) {
        yield* spawn(function* () {
          yield* new Alarm(start + due);
          demand(
            clock.now() >= start + due,
            () => `a task that slept ${due} ms resumed early, after ${clock.now() - start}`,
          );
          order.push(due);
        });
      }
    });
    demand(
      order.join() === '0,1,3,7,12,20',
      () => `tasks that are due after 0, 1, 3, 7, 12, 20 ms resumed as ${order}`,
    );
  },
};

export const deadlineLaws: readonly StrategyLaw[] = [endsInTime, sleepsForYears, goesByItsClock, carriesALoop];
export const firstDeadlineLaws: readonly StrategyLaw[] = [returnsAtOnce];
