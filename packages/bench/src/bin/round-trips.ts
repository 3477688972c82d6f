#!/usr/bin/env node
// Compares a message's way to another thread and back, under each strategy, with plain worker_threads.
// `npm run bench:threads`
import { isMainThread, MessageChannel, type MessagePort, Worker, workerData } from 'node:worker_threads';
import { epollModule } from '@escapement/io';
import { describeMachine } from '@escapement/lab/internal';
import { closePort, received, Sender } from '@escapement/workers';
import { portModule } from '@escapement/workers/module';
import { Command } from 'commander';
import { atomicsWaitModule, busyWaitModule, createLoop, type LoopModule, setTimeoutModule } from 'escapement';
import { positive } from './positive.js';

const STRATEGIES: Readonly<Record<string, LoopModule>> = {
  'busy-wait': busyWaitModule,
  'atomics-wait': atomicsWaitModule,
  epoll: epollModule,
  'set-timeout': setTimeoutModule,
};
const PLAIN = "worker_threads, on('message')";

interface EchoData {
  readonly side: string;
  readonly port: MessagePort;
}

if (isMainThread) await compare();
else await echo(workerData as EchoData);

/** Sends back what comes, until the port is closed. */
async function echo({ side, port }: EchoData): Promise<void> {
  if (side === PLAIN) {
    port.on('message', message => port.postMessage(message));
    return;
  }
  const sender = new Sender(port);
  const echoing = createLoop(STRATEGIES[side]!, portModule).run(function* () {
    for (;;) yield* sender.send(yield* received(port));
  });
  // The port is closed at the end.
  await echoing.catch(() => {});
}

async function compare(): Promise<void> {
  const command = new Command('bench:threads')
    .description(
      'Compares round trips of a message between two threads, under each strategy, with plain worker_threads.',
    )
    .option('--messages <count>', 'how many there are in a round', positive, 5000)
    .option('--rounds <count>', 'how many times each side is measured', positive, 9)
    .parse();
  const { messages, rounds } = command.opts<{ messages: number; rounds: number }>();
  const { cores, cpu, os, node } = describeMachine();
  console.log(`${cores} x ${cpu}, ${os}, Node ${node}; medians of ${rounds} rounds of ${messages} messages`);
  const taken = new Map([PLAIN, ...Object.keys(STRATEGIES)].map(side => [side, [] as number[]]));
  for (let round = 0; round < rounds; round++)
    for (const [side, times] of taken) times.push(await roundTrip(side, messages));
  const plain = median(taken.get(PLAIN)!);
  for (const [side, times] of taken) {
    const time = median(times);
    const factor = (time / plain).toFixed(2);
    console.log(
      `${side.padEnd(PLAIN.length)} ${(1000 * time).toFixed(1).padStart(8)} us a round trip ${factor.padStart(6)} x`,
    );
  }
}

/** @returns milliseconds a message, both threads up and warm */
async function roundTrip(side: string, messages: number): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  const data: EchoData = { side, port: port2 };
  const worker = new Worker(new URL(import.meta.url), { workerData: data, transferList: [port2] });
  const exit = new Promise(resolve => worker.once('exit', resolve));
  const time = side === PLAIN ? await plainly(port1, messages) : await inLoop(STRATEGIES[side]!, port1, messages);
  closePort(port1);
  await exit;
  return time;
}

function plainly(port: MessagePort, messages: number): Promise<number> {
  const warmUp = Math.ceil(messages / 5);
  return new Promise(resolve => {
    let start = 0;
    port.on('message', (count: number) => {
      if (count === warmUp) start = performance.now();
      if (count === warmUp + messages) resolve((performance.now() - start) / messages);
      else port.postMessage(count + 1);
    });
    port.postMessage(1);
  });
}

function inLoop(strategy: LoopModule, port: MessagePort, messages: number): Promise<number> {
  const sender = new Sender<number>(port);
  return createLoop(strategy, portModule).run(function* () {
    const warmUp = Math.ceil(messages / 5);
    let start = 0;
    for (let count = 1; count <= warmUp + messages; count++) {
      yield* sender.send(count);
      yield* received(port);
      if (count === warmUp) start = performance.now();
    }
    return (performance.now() - start) / messages;
  });
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1]!;
}
