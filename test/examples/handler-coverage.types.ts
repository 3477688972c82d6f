// Compiles only as long as a forgotten module is a compile error. Nothing here runs.
import { promiseModule } from '@escapement/promises/module';
import { busyWaitModule, createLoop, setTimeoutModule, sleep, sleepModule, spawn } from 'escapement';
import type { fileRead as FileRead } from '../../docs/examples/extending/file-read.js';
import type { Flag, flagModule as FlagModule } from '../../docs/examples/extending/flag.js';
import type { JobQueue } from '../../docs/examples/jobs/job-queue.js';
import type { jobModule as JobModule } from '../../docs/examples/jobs/next-job.js';
import type { work as Work } from '../../docs/examples/jobs/work.js';

declare const jobs: JobQueue;
declare const jobModule: typeof JobModule;
declare const work: typeof Work;
declare const flag: Flag;
declare const flagModule: typeof FlagModule;
declare const fileRead: typeof FileRead;

function* waits() {
  yield* sleep(1);
  yield* flag.raised();
}

function* spawns() {
  yield* spawn(waits());
}

export async function coverage(): Promise<void> {
  await createLoop(busyWaitModule, sleepModule, flagModule).run(waits);
  await createLoop(busyWaitModule, sleepModule, flagModule).run(spawns);

  // @ts-expect-error flagModule is missing
  await createLoop(busyWaitModule, sleepModule).run(waits);
  // @ts-expect-error flagModule is missing, and a child needs it
  await createLoop(busyWaitModule, sleepModule).run(spawns);
  // @ts-expect-error sleepModule is missing
  await createLoop(busyWaitModule, flagModule).run(waits);

  const content: Buffer = await createLoop(setTimeoutModule, promiseModule).run(fileRead('a.txt'));
  // @ts-expect-error a file's content is no string
  const text: string = await createLoop(setTimeoutModule, promiseModule).run(fileRead('a.txt'));
  // @ts-expect-error promiseModule is missing
  await createLoop(setTimeoutModule).run(fileRead('a.txt'));
  console.log(content, text);

  const working = work(jobs, job => sleep(job.attempt));
  await createLoop(setTimeoutModule, jobModule, sleepModule).run(working);
  // @ts-expect-error sleepModule is missing, and each job needs it
  await createLoop(setTimeoutModule, jobModule).run(working);
  // @ts-expect-error jobModule is missing
  await createLoop(setTimeoutModule, sleepModule).run(working);
}
