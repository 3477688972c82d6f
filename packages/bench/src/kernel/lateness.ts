import {
  alternate,
  baseline,
  type Candidate,
  LoopSleeper,
  measureLateness,
  Sample,
  type Sleeper,
  shippedStrategies,
} from '@escapement/lab';
import type { Duration } from 'escapement';
import type { Benchmark } from './benchmark.js';

const DURATION: Duration = 0.1;
const SLEEPS = 200;

/** How late each strategy wakes from a sleep of 0.1 ms, compared with the bare call that it uses. */
export const lateness: Benchmark = {
  name: 'lateness',
  async run(rounds) {
    const sleepers = [...strategySleepers(), bareAtomicsWait, nodeSetTimeout];
    for (const sleeper of sleepers) await measureLateness(sleeper, DURATION, SLEEPS);
    const figures = await alternate(sleepers.map(medianLateness), { rounds });
    const against = (sleeper: Sleeper) => ({ name: sleeper.name, figure: figures.get(sleeper.name)! });
    const what = (alias: string) => `lateness p50 of 0.1 ms, ${alias}`;
    return [
      { what: what('busy-wait'), unit: 'us', ours: figures.get('busy-wait')!, reach: { atMost: 1 } },
      {
        what: what('atomics-wait'),
        unit: 'us',
        ours: figures.get('atomics-wait')!,
        anchor: against(bareAtomicsWait),
        reach: { timesAnchor: 1.2 },
      },
      {
        what: what('set-timeout'),
        unit: 'us',
        ours: figures.get('set-timeout')!,
        anchor: against(nodeSetTimeout),
        reach: { timesAnchor: 1 },
      },
    ];
  },
};

/** Checks that none of a hundred thousand sleeps ends early. */
export const earlyWakes: Benchmark = {
  name: 'early',
  async run() {
    const results = [];
    for (const sleeper of strategySleepers()) {
      const { latenesses } = await measureLateness(sleeper, DURATION, EARLY_SLEEPS[sleeper.name] ?? 10_000);
      results.push({
        what: `early wakes in ${latenesses.count.toLocaleString('en-US')}, ${sleeper.name}`,
        unit: 'wakes' as const,
        ours: new Sample([latenesses.early]),
        reach: { atMost: 0 },
      });
    }
    return results;
  },
};

/** Fewer sleeps for the slower strategies. */
const EARLY_SLEEPS: Readonly<Record<string, number>> = {
  'busy-wait': 60_000,
  'atomics-wait': 30_000,
  'set-timeout': 10_000,
};

/** The CPU time of strategies that do not spin, during a sleep. */
export const idleCpu: Benchmark = {
  name: 'idle',
  async run() {
    const results = [];
    for (const sleeper of strategySleepers().filter(({ waits }) => waits !== 'spins')) {
      const { processor } = await measureLateness(sleeper, 5_000, 1);
      results.push({
        what: `CPU over a sleep of 5 s, ${sleeper.name}`,
        unit: '%' as const,
        ours: new Sample([processor.percent]),
        reach: { atMost: 2 },
      });
    }
    return results;
  },
};

function strategySleepers(): Sleeper[] {
  return shippedStrategies().map(strategy => new LoopSleeper(strategy));
}

function medianLateness(sleeper: Sleeper): Candidate {
  return {
    name: sleeper.name,
    async run() {
      const { latenesses } = await measureLateness(sleeper, DURATION, SLEEPS);
      return latenesses.percentile(0.5)! * 1000;
    },
  };
}

const scratch = new Int32Array(new SharedArrayBuffer(4));

/** The bare call, without even a promise between two sleeps. */
const bareAtomicsWait: Sleeper = {
  name: 'bare Atomics.wait',
  kind: 'baseline',
  async sleep(duration, times, stopwatch) {
    for (let n = 0; n < times; n++) {
      const until = performance.now() + duration;
      stopwatch.start(duration);
      for (let left = duration; left > 0; left = until - performance.now()) Atomics.wait(scratch, 0, 0, left);
      stopwatch.stop();
    }
  },
};

const nodeSetTimeout = baseline('Node setTimeout', duration => new Promise(resolve => setTimeout(resolve, duration)));
