import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { alternate } from '@escapement/lab';
import { busyWaitModule, createLoop, LoopModule, sleepModule } from 'escapement';
import type { Contest } from './contest.js';

/** `createLoop` of three modules: the first one of a process, and one of many. */
export const building: Contest = {
  name: 'build',
  async run(rounds) {
    const warm = { name: 'warm', run: () => millisecondsEach(1000) };
    const first = { name: 'first', run: firstOfAProcess };
    warm.run();
    const figures = await alternate([warm, first], { rounds });
    return [
      { what: 'createLoop of three modules', unit: 'ms', ours: figures.get('warm')!, reach: { atMost: 1 } },
      { what: 'createLoop, first of a process', unit: 'ms', ours: figures.get('first')!, reach: { atMost: 1 } },
    ];
  },
};

const thirdModule = new LoopModule(() => {});

function millisecondsEach(count: number): number {
  const start = performance.now();
  for (let n = 0; n < count; n++) createLoop(busyWaitModule, sleepModule, thirdModule);
  return (performance.now() - start) / count;
}

async function firstOfAProcess(): Promise<number> {
  const program = `
    import { busyWaitModule, createLoop, LoopModule, sleepModule } from ${JSON.stringify(import.meta.resolve('escapement'))};
    const third = new LoopModule(() => {});
    const start = performance.now();
    createLoop(busyWaitModule, sleepModule, third);
    console.log(performance.now() - start);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  return Number(stdout);
}
