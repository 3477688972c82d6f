import { demand } from '../laws/errors.js';
import { hostTurn, median, realDelay, realNow } from '../laws/host.js';
import { Random } from '../laws/random.js';
import { OtherThread, RESCUE_AFTER } from './other-thread.js';
import { Sleeper } from './sleeper.js';
import type { StrategyLaw, StrategySubject } from './strategy-adapter.js';

/** In milliseconds. A sleep that ends by a deadline so far away has missed its wakeup. */
const MISSED = 500;
/** In milliseconds: the longest that a sleep typically goes on after a request. */
const LONGEST_WAKE = 100;

const heedsEarlierRequests: StrategyLaw = {
  number: 'S3',
  rule: 'does not sleep past a wakeup that was requested before',
  why: 'a request may come just before the sleep; without a deadline the loop would sleep for ever',
  isStatistical: true,
  async check(subject) {
    const sleeper = new Sleeper(subject.adapter);
    sleeper.wakeup.request();
    const times: number[] = [];
    for (let n = 0; n < 3; n++) {
      sleeper.wakeup.request();
      times.push(await sleeper.sleepOnce(sleeper.now() + (subject.waits === 'jumps' ? 1e9 : MISSED)));
    }
    demand(
      median(times) < LONGEST_WAKE,
      () => `slept for ${times[1]!.toFixed(0)} ms although the wakeup was requested`,
    );
    if (OtherThread.unavailable() === undefined) await withRescue(sleeper, () => sleeper.sleepOnce(Infinity));
    sleeper.end();
  },
};

/** A strategy that would sleep for ever is woken again and again: then the test fails instead of hanging. */
async function withRescue(sleeper: Sleeper, sleep: () => Promise<unknown>): Promise<void> {
  const other = await sleeper.otherThread();
  sleeper.wakeup.request();
  other.requestIn(2000 * MISSED);
  const start = realNow();
  await sleep();
  const took = realNow() - start;
  other.acknowledge();
  demand(took < MISSED, () => `a sleep until Infinity lasted ${took.toFixed(0)} ms although the wakeup was requested`);
}

const heedsOwnThread: StrategyLaw = {
  number: 'S4',
  rule: 'ends its sleep when the wakeup is requested on its own thread',
  why: 'the host settles waits while the loop sleeps, and that requests the wakeup',
  inapplicable: ({ waits }) => (waits === 'yields' ? undefined : `it ${waits}: nothing runs on its thread meanwhile`),
  async check({ adapter }) {
    const sleeper = new Sleeper(adapter);
    for (const delay of [0, 1, 20]) {
      sleeper.wakeup.clear();
      const sleeping = sleeper.sleepOnce(sleeper.now() + MISSED);
      await realDelay(delay);
      sleeper.wakeup.request();
      const start = realNow();
      await sleeping;
      const took = realNow() - start;
      demand(took < LONGEST_WAKE, () => `slept on for ${took.toFixed(0)} ms after a request of its own thread`);
    }
    sleeper.end();
  },
};

const heedsOtherThreads: StrategyLaw = {
  number: 'S5',
  rule: 'ends its sleep soon when another thread requests the wakeup',
  why: 'a handler whose events come from another thread has no other way to end the sleep',
  isStatistical: true,
  inapplicable: needsThread,
  async check({ adapter }) {
    const sleeper = new Sleeper(adapter);
    const latencies = await latenciesOf(sleeper);
    sleeper.end();
    checkLatencies(latencies);
  },
};

/** How long sleeps go on after requests of another thread. */
export async function latenciesOf(sleeper: Sleeper): Promise<number[]> {
  const other = await sleeper.otherThread();
  const latencies: number[] = [];
  for (const delay of [20, 1, 4, 2, 3]) {
    sleeper.wakeup.clear();
    const start = realNow();
    other.requestIn(1000 * delay);
    await sleeper.sleepFully(sleeper.now() + MISSED);
    latencies.push(realNow() - start - delay);
    other.acknowledge();
  }
  return latencies;
}

export function checkLatencies(latencies: readonly number[]): void {
  const typical = median(latencies);
  demand(
    typical < LONGEST_WAKE,
    () => `typically slept on for ${typical.toFixed(0)} ms after a request of another thread`,
  );
}

const losesNoWakeup: StrategyLaw = {
  number: 'S6',
  rule: 'loses no wakeup in a storm of requests of another thread',
  why: 'a request that falls between the last look and the sleep is lost for good',
  isStatistical: true,
  // One is enough: the other thread was waiting for the end of the sleep.
  tries: 1,
  inapplicable: needsThread,
  async check({ adapter, seed }) {
    const random = new Random(seed);
    const sleeper = new Sleeper(adapter);
    await storm(sleeper, random);
    sleeper.end();
  },
};

const STORM_ROUNDS = 1000;
const STORM_TIME = 600;

async function storm(sleeper: Sleeper, random: Random): Promise<void> {
  const other = await sleeper.otherThread();
  const end = realNow() + STORM_TIME;
  for (let round = 0; round < STORM_ROUNDS && realNow() < end; round++) {
    sleeper.wakeup.clear();
    other.requestInStep(random.pick([5, 50, 400]) * random.next());
    await sleeper.sleepFully(sleeper.now() + MISSED);
    const isLost = other.hasWaited;
    other.acknowledge();
    demand(!isLost, 'slept on for 200 ms or more although another thread had requested the wakeup');
  }
}

/** As often `sleep` may return early in 60 milliseconds. */
const MOST_EARLY = 1000;

const sleepsWithoutDeadline: StrategyLaw = {
  number: 'S7',
  rule: 'sleeps until the wakeup if there is no deadline, and does not return early all the time',
  why: 'a server without work must not use a core',
  isStatistical: true,
  inapplicable: needsThread,
  async check({ adapter }) {
    const sleeper = new Sleeper(adapter);
    // First with a deadline: a strategy that heeds no request would never return.
    checkLatencies(await latenciesOf(sleeper));
    const other = await sleeper.otherThread();
    sleeper.wakeup.clear();
    const start = realNow();
    other.requestIn(60_000);
    let calls = 0;
    for (; !sleeper.wakeup.requested && calls <= MOST_EARLY; calls++) await sleeper.sleepOnce(Infinity);
    other.acknowledge();
    const took = realNow() - start;
    sleeper.end();
    demand(calls <= MOST_EARLY, () => `sleep(Infinity) returned ${calls} times within ${took.toFixed(1)} ms`);
    demand(took < RESCUE_AFTER, () => `sleep(Infinity) ended ${took.toFixed(0)} ms after it began, not after 60`);
  },
};

const leavesWakeup: StrategyLaw = {
  number: 'S8',
  rule: 'leaves the wakeup as it found it, and does not watch it any more after a sleep',
  why: 'only the loop knows when a request has been served; clearing it loses the request',
  async check({ adapter, waits }) {
    const sleeper = new Sleeper(adapter);
    const { wakeup } = sleeper;
    let watching = 0;
    const { watch } = wakeup;
    wakeup.watch = wake => {
      const unwatch = watch.call(wakeup, wake);
      watching++;
      let isOver = false;
      return () => {
        if (!isOver) watching--;
        isOver = true;
        unwatch();
      };
    };
    await sleeper.sleepOnce(sleeper.now() + 5);
    demand(!wakeup.requested, 'requested the wakeup itself');
    demand(watching === 0, `watches the wakeup ${watching} times after the sleep`);
    wakeup.request();
    await sleeper.sleepOnce(sleeper.now() + 5);
    demand(wakeup.requested, 'cleared the wakeup');
    demand(watching === 0, `watches the wakeup ${watching} times after a sleep that the wakeup ended`);
    if (waits === 'yields') {
      wakeup.clear();
      const sleeping = sleeper.sleepOnce(sleeper.now() + 50);
      await hostTurn();
      wakeup.request();
      await sleeping;
      demand(wakeup.requested, 'cleared the wakeup that ended its sleep');
      demand(watching === 0, `watches the wakeup ${watching} times after a sleep that the wakeup ended`);
    }
    sleeper.end();
  },
};

export function needsThread({ waits }: StrategySubject): string | undefined {
  if (waits === 'spins') return 'it spins, and returns by itself';
  if (waits === 'jumps') return 'it jumps, and waits for nothing outside of the loop';
  return OtherThread.unavailable();
}

export const wakeupLaws: readonly StrategyLaw[] = [
  heedsEarlierRequests,
  heedsOwnThread,
  heedsOtherThreads,
  losesNoWakeup,
  sleepsWithoutDeadline,
  leavesWakeup,
];
