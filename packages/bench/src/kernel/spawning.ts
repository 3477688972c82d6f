import { alternate } from '@escapement/lab/internal';
import { type Coroutine, createLoop, setTimeoutModule, spawn, type Task } from 'escapement';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const TASKS = 100_000;

/**
 * A hundred thousand trivial tasks, spawned and joined, compared with as many async functions and `Promise.all`; and as users
 * write them, with a generator function created in the loop.
 */
export const spawning: Benchmark = {
  name: 'spawn',
  async run(rounds) {
    const loop = createLoop(setTimeoutModule);
    const figures = await alternate(
      [
        { name: 'tasks', run: () => nanosecondsEach(TASKS, () => loop.run(spawnAndJoin)) },
        { name: 'inline tasks', run: () => nanosecondsEach(TASKS, () => loop.run(spawnInlineAndJoin)) },
        { name: 'promises', run: () => nanosecondsEach(TASKS, startAndAwait) },
      ],
      { rounds },
    );
    const anchor = { name: 'async functions, Promise.all', figure: figures.get('promises')! };
    const ours = figures.get('tasks')!;
    return [
      { what: 'spawn and join', unit: 'ns', ours, anchor, reach: { timesAnchor: 1 } },
      {
        what: 'spawn and join, inline functions',
        unit: 'ns',
        ours: figures.get('inline tasks')!,
        anchor: { name: 'the same with a named function', figure: ours },
        reach: { timesAnchor: 2.2 },
      },
    ];
  },
};

function* spawnAndJoin() {
  const tasks: Task<number>[] = [];
  for (let n = 0; n < TASKS; n++) tasks.push(yield* spawn(returning(n)));
  for (const task of tasks) yield* task.join();
}

function* spawnInlineAndJoin() {
  const tasks: Task<number>[] = [];
  for (let n = 0; n < TASKS; n++) {
    const task = yield* spawn(function* (): Coroutine<number, never> {
      return n;
    });
    tasks.push(task);
  }
  for (const task of tasks) yield* task.join();
}

function* returning(value: number): Generator<never, number, void> {
  return value;
}

async function startAndAwait(): Promise<void> {
  const promises: Promise<number>[] = [];
  for (let n = 0; n < TASKS; n++) promises.push(suspending(n));
  await Promise.all(promises);
}

async function suspending(value: number): Promise<number> {
  await null;
  return value;
}
