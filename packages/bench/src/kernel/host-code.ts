import { setImmediate as turn } from 'node:timers/promises';
import { alternate } from '@escapement/lab/internal';
import { busyWaitModule, createLoop, setTimeoutModule, sleep, sleepModule, type Task } from 'escapement';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const BATCHES = 20;
const TASKS = 1_000;
/** In milliseconds. With the shortest `hostTurns` the host gets one after the other. */
const RUN = 20;

/** Programs that host code spawns and awaits, compared with async functions; and a turn that the loop gives the host. */
export const hostCode: Benchmark = {
  name: 'host',
  async run(rounds) {
    const loop = createLoop(setTimeoutModule);
    const spinning = createLoop(busyWaitModule, sleepModule);
    const figures = await alternate(
      [
        {
          name: 'tasks',
          run: () => nanosecondsEach(BATCHES * TASKS, () => awaitBatches(n => loop.spawn(returning(n)))),
        },
        { name: 'promises', run: () => nanosecondsEach(BATCHES * TASKS, () => awaitBatches(async n => n)) },
        { name: 'turns', run: () => microsecondsOfTurns(spinning.run(sleep(RUN), { hostTurns: Number.MIN_VALUE })) },
        { name: 'immediates', run: () => microsecondsOfTurns(awaitImmediates()) },
      ],
      { rounds },
    );
    return [
      {
        what: 'host code spawns and awaits',
        unit: 'ns',
        ours: figures.get('tasks')!,
        anchor: { name: 'async functions, Promise.all', figure: figures.get('promises')! },
        reach: { atMost: 2_000 },
      },
      {
        what: 'a turn of the host',
        unit: 'us',
        ours: figures.get('turns')!,
        anchor: { name: 'await setImmediate', figure: figures.get('immediates')! },
        reach: { timesAnchor: 3 },
      },
    ];
  },
};

function* returning(value: number): Generator<never, number, void> {
  return value;
}

async function awaitBatches(start: (n: number) => Task<number> | Promise<number>): Promise<void> {
  for (let batch = 0; batch < BATCHES; batch++) {
    const started: (Task<number> | Promise<number>)[] = [];
    for (let n = 0; n < TASKS; n++) started.push(start(n));
    await Promise.all(started);
  }
}

async function awaitImmediates(): Promise<void> {
  const end = performance.now() + RUN;
  while (performance.now() < end) await turn();
}

/** The time of each turn that the host gets during a run of `RUN` milliseconds. */
async function microsecondsOfTurns(run: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  function count(): void {
    turns++;
    if (!isOver) setImmediate(count);
  }
  setImmediate(count);
  await run;
  isOver = true;
  return (RUN * 1000) / turns;
}
