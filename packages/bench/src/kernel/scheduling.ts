import { alternate, type Candidate } from '@escapement/lab/internal';
import {
  EarliestDeadlineFirstPolicy,
  FairPolicy,
  FifoPolicy,
  LifoPolicy,
  PriorityPolicy,
  SeededRandomPolicy,
} from '@escapement/policies';
import {
  type Coroutine,
  createLoop,
  type Pause,
  pause,
  policyModule,
  type SchedulingPolicy,
  type SpawnOptions,
  setTimeoutModule,
  spawn,
} from 'escapement';
import type { Benchmark, BenchmarkResult } from './benchmark.js';

const SWITCHES = 400_000;
const SIZES = [10, 1_000, 100_000];

interface Side {
  readonly name: string;
  readonly policy: () => SchedulingPolicy;
  /** What the n-th task is spawned with. All tasks must take turns, or a switch is no switch. */
  readonly options: (n: number) => SpawnOptions;
  /** At 1,000 tasks, as a multiple of FIFO's. */
  readonly reach: number;
}

const PLAIN: SpawnOptions = {};
/** Equal deadlines are the worst case: each task goes behind all others. */
const DEADLINE: SpawnOptions = { deadline: 1e12 };
const PRIORITIES = Array.from({ length: 10 }, (_, priority): SpawnOptions => ({ priority }));

const SIDES: readonly Side[] = [
  { name: 'lifo', policy: () => new LifoPolicy(), options: () => PLAIN, reach: 2 },
  { name: 'priority', policy: () => new PriorityPolicy(), options: n => PRIORITIES[n % 10]!, reach: 2 },
  {
    name: 'earliest-deadline-first',
    policy: () => new EarliestDeadlineFirstPolicy(),
    options: () => DEADLINE,
    reach: 2,
  },
  { name: 'fair', policy: () => new FairPolicy(), options: () => PLAIN, reach: 4 },
  { name: 'seeded-random', policy: () => new SeededRandomPolicy({ seed: 7 }), options: () => PLAIN, reach: 2 },
];

/** A switch under each policy, as a multiple of that under FIFO, which the loop has by default; of many tasks, of a random one. */
export const scheduling: Benchmark = {
  name: 'policies',
  async run(rounds) {
    const results: BenchmarkResult[] = [];
    for (const size of SIZES) {
      const figures = await alternate(candidates(size), { rounds });
      // FIFO goes through the memory of its tasks in order, which makes the difference when they do not fit into the caches.
      // So what a choice costs beyond 1,000 tasks shows beside a policy that chooses in O(1), and also jumps about.
      const name = size > 1_000 ? 'seeded-random' : 'fifo';
      const anchor = { name, figure: figures.get(name)! };
      for (const { name, reach } of SIDES.filter(side => side.name !== anchor.name)) {
        results.push({
          what: `a switch of ${size.toLocaleString('en')} tasks, ${name}`,
          unit: 'ns',
          ours: figures.get(name)!,
          anchor,
          reach: { timesAnchor: reach },
        });
      }
    }
    return results;
  },
};

function candidates(size: number): Candidate[] {
  const fifo: Side = { name: 'fifo', policy: () => new FifoPolicy(), options: () => PLAIN, reach: 1 };
  return [fifo, ...SIDES].map(({ name, policy, options }) => {
    const loop = createLoop(setTimeoutModule, policyModule(policy));
    return {
      name,
      run: async () => {
        let start = 0;
        await loop.run(function* () {
          for (let n = 0; n < size; n++) yield* spawn(pauses(SWITCHES / size), options(n));
          start = performance.now();
        });
        return ((performance.now() - start) * 1e6) / SWITCHES;
      },
    };
  });
}

function* pauses(times: number): Coroutine<void, Pause> {
  for (let n = 0; n < times; n++) yield* pause();
}
