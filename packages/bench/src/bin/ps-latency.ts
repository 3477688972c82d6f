#!/usr/bin/env node
// How long `escapement-observe ps` takes, and how long the loop stands still for it: `node packages/bench/dist/bin/ps-latency.js`.
import { type ChildProcess, execFile, spawn as spawnProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { epollModule, ioModule } from '@escapement/io';
import { describeMachine } from '@escapement/lab/internal';
import { lookAtLoops } from '@escapement/observe';
import { waitTimesModule } from '@escapement/observe/module';
import { Command } from 'commander';
import {
  atomicsWaitModule,
  busyWaitModule,
  createLoop,
  type LoopModule,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
} from 'escapement';
import { positive } from './positive.js';

const STRATEGIES: Readonly<Record<string, LoopModule>> = {
  'busy-wait': busyWaitModule,
  'atomics-wait': atomicsWaitModule,
  epoll: epollModule,
  'set-timeout': setTimeoutModule,
};
const PS = fileURLToPath(new URL('bin/escapement-observe.js', import.meta.resolve('@escapement/observe')));

if (process.argv[2] === 'sleep') await sleepFor(process.argv[3]!, Number(process.argv[4]));
else await measure();

/** The process that is looked at. It looks at itself first, and writes how long that took. */
async function sleepFor(strategy: string, tasks: number): Promise<void> {
  const modules = [sleepModule, waitTimesModule(), ...(strategy === 'epoll' ? [ioModule] : [])];
  await createLoop(STRATEGIES[strategy]!, ...modules).run(function* main() {
    for (let n = 1; n <= tasks; n++) yield* spawn(sleep(3_600_000 + n), { name: `worker ${n}` });
    yield* sleep(10);
    const start = performance.now();
    lookAtLoops();
    process.stdout.write(`${performance.now() - start}\n`);
  });
}

async function measure(): Promise<void> {
  const command = new Command('ps-latency')
    .description('Measures how long ps takes from start to end, and how long the loop stands still for its look.')
    .option('--looks <count>', 'how many looks at each process', positive, 10)
    .parse();
  const { looks } = command.opts<{ looks: number }>();
  const { cores, cpu, os, node } = describeMachine();
  console.log(`${cores} x ${cpu}, ${os}, Node ${node}; ${looks} looks each`);
  for (const strategy of Object.keys(STRATEGIES)) {
    for (const tasks of [10, 100_000]) await measureOne(strategy, tasks, looks);
  }
}

async function measureOne(strategy: string, tasks: number, looks: number): Promise<void> {
  const args = ['--inspect-port=0', fileURLToPath(import.meta.url), 'sleep', strategy, String(tasks)];
  const child = spawnProcess(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [still] = await once(child.stdout, 'data');
  const times: number[] = [];
  for (let n = 0; n < looks; n++) times.push(await timeOfLook(child));
  child.kill('SIGKILL');
  times.sort((a, b) => a - b);
  const [median, most] = [times[Math.floor(looks / 2)]!, times.at(-1)!];
  const shown = `${strategy.padEnd(13)} ${String(tasks).padStart(7)} tasks: `;
  console.log(
    `${shown}ps takes ${median.toFixed(0)} ms, at most ${most.toFixed(0)} ms; a look in the process takes ${Number(still).toFixed(1)} ms`,
  );
}

async function timeOfLook({ pid }: ChildProcess): Promise<number> {
  const start = performance.now();
  await promisify(execFile)(process.execPath, [PS, 'ps', String(pid), '--timeout', '60']);
  return performance.now() - start;
}
