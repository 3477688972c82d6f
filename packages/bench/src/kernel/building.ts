import { alternate } from '@escapement/lab/internal';
import { busyWaitModule, createLoop, LoopModule, sleepModule } from 'escapement';
import type { Benchmark } from './benchmark.js';

/** A warm `createLoop` of three modules; `cold-start` measures the first one of a process. */
export const building: Benchmark = {
  name: 'build',
  async run(rounds) {
    const warm = { name: 'warm', run: () => millisecondsEach(1000) };
    warm.run();
    const figures = await alternate([warm], { rounds });
    return [{ what: 'createLoop of three modules', unit: 'ms', ours: figures.get('warm')!, reach: { atMost: 1 } }];
  },
};

const thirdModule = new LoopModule(() => {});

function millisecondsEach(count: number): number {
  const start = performance.now();
  for (let n = 0; n < count; n++) createLoop(busyWaitModule, sleepModule, thirdModule);
  return (performance.now() - start) / count;
}
