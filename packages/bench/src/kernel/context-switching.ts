import { AsyncLocalStorage } from 'node:async_hooks';
import { asyncContextModule } from '@escapement/host/module';
import { alternate } from '@escapement/lab/internal';
import { type Coroutine, createLoop, type Pause, pause, setTimeoutModule, spawn, type Task } from 'escapement';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const SWITCHES = 500_000;
const TASKS = 1_000;
const SPAWNED = 50_000;

/** What an async context for each task costs: a thousand tasks in turn, each in a context of its own, and a spawn. */
export const contextSwitching: Benchmark = {
  name: 'context',
  async run(rounds) {
    const without = createLoop(setTimeoutModule);
    const loop = createLoop(setTimeoutModule, asyncContextModule);
    const inContext = <T>(run: () => T) => new AsyncLocalStorage<string>().run('a request', run);
    const figures = await alternate(
      [
        { name: 'switch without', run: () => nanosecondsEach(SWITCHES, () => without.run(manyPausing)) },
        { name: 'switch', run: () => nanosecondsEach(SWITCHES, () => inContext(() => loop.run(manyPausing))) },
        { name: 'spawn without', run: () => nanosecondsEach(SPAWNED, () => without.run(spawnAndJoin)) },
        { name: 'spawn', run: () => nanosecondsEach(SPAWNED, () => inContext(() => loop.run(spawnAndJoin))) },
      ],
      { rounds },
    );
    const compared = (what: string, name: string, timesAnchor: number) => ({
      what,
      unit: 'ns' as const,
      ours: figures.get(name)!,
      anchor: { name: 'the same without async context', figure: figures.get(`${name} without`)! },
      reach: { timesAnchor },
    });
    return [
      compared('a switch of 1,000 tasks with async context', 'switch', 2),
      compared('spawn and join with async context', 'spawn', 4),
    ];
  },
};

function* pauses(times: number): Coroutine<void, Pause> {
  for (let n = 0; n < times; n++) yield* pause();
}

function* manyPausing() {
  for (let n = 0; n < TASKS; n++) yield* spawn(pauses(SWITCHES / TASKS));
}

function* spawnAndJoin() {
  const tasks: Task[] = [];
  for (let n = 0; n < SPAWNED; n++) tasks.push(yield* spawn(pauses(0)));
  for (const task of tasks) yield* task.join();
}
