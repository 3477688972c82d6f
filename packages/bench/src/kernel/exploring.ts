import { explore } from '@escapement/explore';
import { alternate } from '@escapement/lab/internal';
import { pause, spawn } from 'escapement';
import type { Benchmark } from './benchmark.js';

const SCHEDULES = 1_000;
const TASKS = 20;
const STEPS = 50;

/** How long explorations take. */
export const exploring: Benchmark = {
  name: 'explore',
  async run(rounds) {
    const figures = await alternate(
      [
        { name: 'random', run: () => millisecondsOf(() => explore(twenty, { runs: SCHEDULES })) },
        { name: 'pct', run: () => millisecondsOf(() => explore(twenty, { runs: SCHEDULES, strategy: 'pct' })) },
      ],
      { rounds },
    );
    const row = (what: string, name: string) => ({
      what,
      unit: 'ms' as const,
      ours: figures.get(name)!,
      reach: { atMost: 5_000 },
    });
    return [row('explore 1,000 random schedules of 20 tasks with 50 steps', 'random'), row('the same with pct', 'pct')];
  },
};

function* twenty() {
  for (let n = 0; n < TASKS; n++) yield* spawn(pauses);
}

function* pauses() {
  for (let n = 1; n < STEPS; n++) yield* pause();
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
