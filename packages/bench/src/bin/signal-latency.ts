#!/usr/bin/env node
// How long a signal waits for its listener, in a loop that sleeps: `node packages/bench/dist/bin/signal-latency.js`.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { epollModule, ioModule } from '@escapement/io';
import { describeMachine } from '@escapement/lab/internal';
import { Command } from 'commander';
import { atomicsWaitModule, busyWaitModule, createLoop, setTimeoutModule, sleep, sleepModule } from 'escapement';
import { positive } from './positive.js';

const LOOPS = {
  'busy-wait': () => createLoop(busyWaitModule, sleepModule),
  'atomics-wait': () => createLoop(atomicsWaitModule, sleepModule),
  epoll: () => createLoop(epollModule, ioModule, sleepModule),
  'set-timeout': () => createLoop(setTimeoutModule, sleepModule),
};

const strategy = process.argv[3] as keyof typeof LOOPS;
if (process.argv[2] === 'receive') await receive(LOOPS[strategy](), Number(process.argv[4]));
else await compare();

/** Writes when each signal came, on the clock that all processes share. */
async function receive(loop: ReturnType<(typeof LOOPS)['busy-wait']>, hostTurns: number): Promise<void> {
  process.on('SIGUSR2', () => process.stdout.write(`${process.hrtime.bigint()}\n`));
  process.stdout.write('ready\n');
  await loop.run(sleep(3_600_000), { hostTurns });
}

async function compare(): Promise<void> {
  const command = new Command('signal-latency')
    .description('Measures how long a signal waits for its listener, under each strategy, with turns of the host.')
    .option('--signals <count>', 'how many each process gets', positive, 40)
    .option('--host-turns <ms>', 'the option of run', positive, 50)
    .parse();
  const { signals, hostTurns } = command.opts<{ signals: number; hostTurns: number }>();
  const { cores, cpu, os, node } = describeMachine();
  console.log(
    `${cores} x ${cpu}, ${os}, Node ${node}; ${signals} signals each, a turn of the host every ${hostTurns} ms`,
  );
  for (const name of Object.keys(LOOPS)) {
    const latencies = (await latenciesUnder(name, hostTurns, signals)).sort((a, b) => a - b);
    const [median, most] = [latencies[Math.floor(latencies.length / 2)]!, latencies.at(-1)!];
    console.log(`${name.padEnd(14)} median ${median.toFixed(1)} ms, most ${most.toFixed(1)} ms`);
  }
}

async function latenciesUnder(name: string, hostTurns: number, signals: number): Promise<number[]> {
  const args = [fileURLToPath(import.meta.url), 'receive', name, String(hostTurns)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const latencies: number[] = [];
  for (let n = 0; n < signals; n++) {
    // Not in step with the turns.
    await later(Math.random() * 2 * hostTurns);
    latencies.push(await latencyOf(child, lines));
  }
  child.kill('SIGKILL');
  return latencies;
}

async function latencyOf(child: ChildProcess, lines: AsyncIterator<string>): Promise<number> {
  const sent = process.hrtime.bigint();
  child.kill('SIGUSR2');
  const { value } = await lines.next();
  return Number(BigInt(value as string) - sent) / 1e6;
}
