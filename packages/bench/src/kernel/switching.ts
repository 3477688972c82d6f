import { alternate, type Candidate } from '@escapement/lab/internal';
import { type Coroutine, createLoop, type Pause, pause, setTimeoutModule, spawn } from 'escapement';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const SWITCHES = 1_000_000;
const TASKS = 1_000;

/**
 * A hundred functions with code of their own, as the tasks of a real program have. A function in a loop would be one piece
 * of code with a hundred closures.
 */
const DIFFERENT_FUNCTIONS = Array.from({ length: 100 }, (): ((times: number) => Coroutine<void, Pause>) =>
  new Function('pause', 'return function* (times) { for (let n = 0; n < times; n++) yield* pause(); }')(pause),
);

/** One switch through the real loop, of one task and of a thousand in turn, compared with the cheapest that JavaScript has. */
export const switching: Benchmark = {
  name: 'switch',
  async run(rounds) {
    const figures = await alternate(candidates(), { rounds });
    const one = figures.get('one task')!;
    const awaitNull = { name: 'await null', figure: figures.get('await null')! };
    const asyncFunction = { name: 'await an async function', figure: figures.get('await an async function')! };
    return [
      { what: 'a switch of one task', unit: 'ns', ours: one, anchor: awaitNull, reach: { timesAnchor: 1 } },
      { what: 'a switch of one task', unit: 'ns', ours: one, anchor: asyncFunction, reach: { timesAnchor: 0.6 } },
      {
        what: 'a switch of 1,000 tasks in turn',
        unit: 'ns',
        ours: figures.get('many tasks')!,
        anchor: awaitNull,
        reach: { timesAnchor: 1.5 },
      },
      {
        what: 'a switch of 100 different functions in turn',
        unit: 'ns',
        ours: figures.get('many functions')!,
        anchor: awaitNull,
        reach: { timesAnchor: 2 },
      },
    ];
  },
};

function candidates(): Candidate[] {
  const loop = createLoop(setTimeoutModule);
  return [
    { name: 'one task', run: () => nanosecondsEach(SWITCHES, () => loop.run(pauses(SWITCHES))) },
    { name: 'many tasks', run: () => nanosecondsEach(SWITCHES, () => loop.run(manyPausing)) },
    { name: 'many functions', run: () => nanosecondsEach(SWITCHES, () => loop.run(manyFunctionsPausing)) },
    { name: 'await null', run: () => nanosecondsEach(SWITCHES, awaitNulls) },
    { name: 'await an async function', run: () => nanosecondsEach(SWITCHES, awaitAsyncFunctions) },
  ];
}

function* pauses(times: number): Coroutine<void, Pause> {
  for (let n = 0; n < times; n++) yield* pause();
}

function* manyPausing() {
  for (let n = 0; n < TASKS; n++) yield* spawn(pauses(SWITCHES / TASKS));
}

function* manyFunctionsPausing() {
  for (const pausing of DIFFERENT_FUNCTIONS) yield* spawn(pausing(SWITCHES / DIFFERENT_FUNCTIONS.length));
}

async function awaitNulls(): Promise<void> {
  for (let n = 0; n < SWITCHES; n++) await null;
}

async function awaitAsyncFunctions(): Promise<void> {
  for (let n = 0; n < SWITCHES; n++) await suspendsOnce();
}

async function suspendsOnce(): Promise<void> {
  await null;
}
