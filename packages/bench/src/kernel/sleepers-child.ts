// One side of the benchmark `sleepers`, in a process of its own, so that its memory can be measured.
// With --expose-gc it prints the bytes per sleeper and ends. Without, it prints the times. One process cannot do both: a
// forced collection shrinks the young generation, which would slow down the creation of a million sleepers.
import { atomicsWaitModule, createLoop, pause, sleepModule, sleepUntil, spawn, type Task } from 'escapement';

const [side, total] = [process.argv[2], Number(process.argv[3])];
const FIRST_DUE = 4_000;
const SPREAD = 1_000;

const start = performance.now();
const startMemory = globalThis.gc && residentBytes();

if (side !== 'promises') await createLoop(atomicsWaitModule, sleepModule).run(sleepAsTasks);
else await sleepAsPromises();

function* sleepAsTasks() {
  const tasks: Task<void>[] = [];
  for (let n = 0; n < total; n++) {
    const due = start + dueAfter(n);
    tasks.push(
      side === 'tasks'
        ? yield* spawn(napUntil(due))
        : yield* spawn(function* () {
            yield* sleepUntil(due);
          }),
    );
    // Lets the new tasks take their first step.
    if (n % 1000 === 999) yield* pause();
  }
  yield* pause();
  const created = performance.now() - start;
  reportMemory();
  for (const task of tasks) yield* task.join();
  reportTimes(created);
}

function* napUntil(due: number) {
  yield* sleepUntil(due);
}

async function sleepAsPromises(): Promise<void> {
  const promises: Promise<void>[] = [];
  for (let n = 0; n < total; n++) promises.push(timeout(start + dueAfter(n)));
  const created = performance.now() - start;
  reportMemory();
  await Promise.all(promises);
  reportTimes(created);
}

async function timeout(due: number): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, due - performance.now()));
}

/** Deadlines spread over a second, out of order. */
function dueAfter(index: number): number {
  return FIRST_DUE + ((index * 7919) % SPREAD);
}

function reportMemory(): void {
  if (startMemory === undefined) return;
  console.log(JSON.stringify({ bytesEach: (residentBytes() - startMemory) / total }));
  process.exit();
}

function reportTimes(created: number): void {
  const lastDue = FIRST_DUE + SPREAD - 1;
  console.log(JSON.stringify({ created, timesIdeal: (performance.now() - start) / lastDue }));
}

function residentBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage.rss();
}
