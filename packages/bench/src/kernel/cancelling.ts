import { setTimeout as sleepPromise } from 'node:timers/promises';
import { alternate, type Candidate } from '@escapement/lab/internal';
import type { Coroutine, Pause, SleepFor } from 'escapement';
import { busyWaitModule, createLoop, pause, type Spawn, sleep, sleepModule, spawn, type Task } from 'escapement';
import { foreignProgram, outputOf, pythonWith } from '../system/commands.js';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const SLEEPERS = 100_000;
/** The others take up to a hundred times as long. */
const FEWER_SLEEPERS = 20_000;
const LONG = 60_000;

/**
 * A hundred thousand sleepers, cancelled with their parent, compared with `clearTimeout` of as many timers; and one by one,
 * compared with what runs the clean-up of a sleeper elsewhere.
 */
export const cancelling: Benchmark = {
  name: 'cancel',
  async run(rounds) {
    const others = await otherCancellations();
    const loop = createLoop(busyWaitModule, sleepModule);
    const candidates = [
      { name: 'with the parent', run: () => loop.runSync(cancelTree) },
      { name: 'one by one', run: () => loop.runSync(cancelEach) },
      { name: 'clearTimeout', run: clearAll },
      ...others,
    ];
    const figures = await alternate(candidates, { rounds });
    const anchor = (name: string) => ({ name, figure: figures.get(name)! });
    return [
      {
        what: 'cancel 100,000 sleepers with their parent, each',
        unit: 'ns',
        ours: figures.get('with the parent')!,
        anchor: anchor('clearTimeout'),
        reach: { timesAnchor: 8.2 },
      },
      ...others.map(({ name }) => ({
        what: 'cancel sleepers one by one, each',
        unit: 'ns' as const,
        ours: figures.get('one by one')!,
        anchor: anchor(name),
        reach: { timesAnchor: 1 },
      })),
    ];
  },
};

type CancelEvent = Pause | SleepFor | Spawn;

function* cancelTree(): Coroutine<number, CancelEvent> {
  const parent = yield* spawn(spawnSleepers([]));
  yield* untilAllSleep();
  const start = performance.now();
  parent.cancel('the bench is over');
  while (!parent.isEnded) yield* pause();
  return ((performance.now() - start) * 1e6) / SLEEPERS;
}

function* cancelEach(): Coroutine<number, CancelEvent> {
  const tasks: Task[] = [];
  yield* spawnSleepers(tasks);
  yield* untilAllSleep();
  const start = performance.now();
  for (const task of tasks) task.cancel('the bench is over');
  while (!tasks.every(task => task.isEnded)) yield* pause();
  return ((performance.now() - start) * 1e6) / SLEEPERS;
}

function* spawnSleepers(tasks: Task[]): Coroutine<void, CancelEvent> {
  for (let n = 0; n < SLEEPERS; n++) tasks.push(yield* spawn(sleep(LONG + (n % 1000))));
}

function* untilAllSleep(): Coroutine<void, Pause> {
  for (let n = 0; n < 4 + SLEEPERS / 256; n++) yield* pause();
}

async function clearAll(): Promise<number> {
  const timers = Array.from({ length: SLEEPERS }, (_, n) => setTimeout(() => {}, LONG + (n % 1000)));
  return nanosecondsEach(SLEEPERS, () => timers.forEach(clearTimeout));
}

async function otherCancellations(): Promise<Candidate[]> {
  const python = pythonWith('asyncio');
  const others: Candidate[] = [
    { name: 'AbortController, timers/promises', run: abortAll },
    { name: 'Effect: interrupt', run: await effectInterrupts() },
  ];
  if (python === undefined) process.stderr.write('cancel: no row for asyncio, which needs python3\n');
  else others.push({ name: 'asyncio: cancel', run: () => asyncioCancels(python) });
  return others;
}

async function abortAll(): Promise<number> {
  const controllers = Array.from({ length: FEWER_SLEEPERS }, () => new AbortController());
  const ended = controllers.map(({ signal }) => sleepPromise(LONG, undefined, { signal }).catch(() => {}));
  return nanosecondsEach(FEWER_SLEEPERS, () => {
    for (const controller of controllers) controller.abort();
    return Promise.all(ended);
  });
}

async function effectInterrupts(): Promise<() => Promise<number>> {
  const [Effect, Fiber] = await Promise.all([import('effect/Effect'), import('effect/Fiber')]);
  return async () => {
    const fibers = Array.from({ length: FEWER_SLEEPERS }, () => Effect.runFork(Effect.sleep(LONG)));
    await sleepPromise(5);
    return nanosecondsEach(FEWER_SLEEPERS, () => Effect.runPromise(Fiber.interruptAll(fibers)));
  };
}

async function asyncioCancels(python: string): Promise<number> {
  return Number(await outputOf([python, foreignProgram('asyncio-cancel.py'), String(SLEEPERS)]));
}
