// One side of the contest `sleepers`, in a process of its own: memory can only be told apart there.
// Prints a JSON line with what it took. Run with --expose-gc.
import { atomicsWaitModule, createLoop, pause, sleepModule, sleepUntil, spawn, type Task } from 'escapement';

const [side, total] = [process.argv[2], Number(process.argv[3])];
const FIRST_DUE = 4_000;
const SPREAD = 1_000;

const startMemory = residentBytes();
const start = performance.now();
const ideal = FIRST_DUE + SPREAD - 1;
let created = 0;
let bytesEach = 0;

if (side === 'tasks') await runTasks();
else await runPromises();

const took = performance.now() - start;
console.log(JSON.stringify({ created, bytesEach, took, timesIdeal: took / ideal }));

async function runTasks(): Promise<void> {
  await createLoop(atomicsWaitModule, sleepModule).run(function* () {
    const tasks: Task<void>[] = [];
    for (let n = 0; n < total; n++) {
      tasks.push(yield* spawn(napUntil(start + dueAfter(n))));
      // Now and then the new ones take their first step.
      if (n % 1000 === 999) yield* pause();
    }
    created = performance.now() - start;
    yield* pause();
    bytesEach = (residentBytes() - startMemory) / total;
    for (const task of tasks) yield* task.join();
  });
}

function* napUntil(due: number) {
  yield* sleepUntil(due);
}

async function runPromises(): Promise<void> {
  const promises: Promise<void>[] = [];
  for (let n = 0; n < total; n++) promises.push(timeout(start + dueAfter(n)));
  created = performance.now() - start;
  bytesEach = (residentBytes() - startMemory) / total;
  await Promise.all(promises);
}

async function timeout(due: number): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, due - performance.now()));
}

/** Spread over a second, in no order. */
function dueAfter(index: number): number {
  return FIRST_DUE + ((index * 7919) % SPREAD);
}

function residentBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage.rss();
}
