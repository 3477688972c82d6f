import { type ChildProcess, spawn as spawnProcess } from 'node:child_process';
import { setTimeout as hostSleep } from 'node:timers/promises';
import { TcpListener, TcpStream } from '@escapement/net';
import { type Coroutine, pause, sleep, spawn, type Task, timeout } from 'escapement';
import { chance } from '../net/chance.js';
import {
  codeOf,
  type NetEvent,
  netLoop,
  openDescriptors,
  STRATEGIES,
  type StrategyName,
  warmUp,
} from '../net/net-loop.js';

// An echo server under random faults of its clients, under each strategy in turn. At the end of each turn descriptors,
// waiters, tasks and heap must be back where they were.

const SECONDS = Number(process.env.SOAK_SECONDS ?? 600);
const SEED = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 2 ** 32));
const CLIENTS = 40;
const CHILDREN = 2;
const TOLERATED_GROWTH = 3 * 2 ** 20;

/** What a client does after some honest talk. */
const FATES = ['ends', 'resets', 'vanishes', 'stalls', 'is cancelled', 'times out', 'floods', 'half-closes'] as const;
type Fate = (typeof FATES)[number];

interface Tally {
  readonly counts: Map<string, number>;
  bytes: number;
  wrong: number;
}

interface Row {
  readonly strategy: StrategyName;
  readonly tally: Tally;
  readonly descriptors: number;
  readonly waiters: number;
  readonly tasks: number;
  readonly heap: number;
}

const count = (tally: Tally, what: string) => tally.counts.set(what, (tally.counts.get(what) ?? 0) + 1);

function* echo(stream: TcpStream): Coroutine<void, NetEvent> {
  for (let bytes = yield* stream.read(); bytes !== undefined; bytes = yield* stream.read()) yield* stream.write(bytes);
  stream.end();
}

function* talk(stream: TcpStream, random: () => number, tally: Tally): Coroutine<void, NetEvent> {
  for (let n = Math.floor(random() * 6); n > 0; n--) {
    const message = Buffer.alloc(1 + Math.floor(random() ** 4 * 200_000), `${n} `);
    const writing = yield* spawn(stream.write(message));
    const answer = yield* stream.readExactly(message.length);
    yield* writing.join();
    tally.bytes += message.length;
    if (Buffer.compare(Buffer.from(answer), message) !== 0) tally.wrong++;
    if (random() < 0.3) yield* sleep(random() * 5);
  }
}

function* meetFate(fate: Fate, stream: TcpStream, random: () => number): Coroutine<void, NetEvent> {
  switch (fate) {
    case 'ends':
      stream.end();
      if ((yield* stream.read()) !== undefined) throw new Error('there was something after the end');
      return;
    case 'resets':
      yield* stream.write('an answer that nobody reads');
      yield* sleep(random() * 3);
      return;
    case 'half-closes':
      yield* stream.write('last words');
      stream.end();
      yield* stream.readExactly(10);
      return;
    case 'floods':
      yield* timeout(random() * 30, flood(stream));
      return;
    case 'stalls':
      yield* stream.write(Buffer.alloc(100_000));
      yield* sleep(random() * 50);
      return;
    case 'times out':
      yield* timeout(random() * 10, stream.read());
      return;
    case 'is cancelled':
      yield* stream.read();
      return;
    case 'vanishes':
  }
}

function* flood(stream: TcpStream): Coroutine<void, NetEvent> {
  const chunk = Buffer.alloc(300_000, 'flood');
  for (;;) yield* stream.write(chunk);
}

function* client(port: number, fate: Fate, random: () => number, tally: Tally): Coroutine<void, NetEvent> {
  using stream = yield* TcpStream.connect({ port });
  yield* talk(stream, random, tally);
  yield* meetFate(fate, stream, random);
}

/** One visitor after another until the time is up. */
function* visitor(port: number, random: () => number, tally: Tally, isOver: () => boolean): Coroutine<void, NetEvent> {
  while (!isOver()) {
    const fate = FATES[Math.floor(random() * FATES.length)]!;
    const task = yield* spawn(codeOf(client(port, fate, random, tally)));
    if (fate === 'is cancelled') {
      yield* sleep(random() * 20);
      task.cancel();
    }
    const code = yield* codeOf(task.join());
    count(tally, fate);
    if (task.result.state === 'succeeded' && task.result.value.startsWith('Error')) tally.wrong++;
    if (code !== 'nothing' && code !== 'ESC_TASK_CANCELLED') tally.wrong++;
    yield* pause();
  }
}

const CHILD = `
  const net = require('node:net');
  const port = Number(process.argv[1]);
  const visit = () => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.write(Buffer.alloc(Math.random() * 100000));
      setTimeout(() => Math.random() < 0.5 ? socket.resetAndDestroy() : socket.end(), Math.random() * 100);
    });
    socket.on('data', () => {}).on('error', () => {}).on('close', visit);
  };
  for (let n = 0; n < 5; n++) visit();`;

/** Processes that are killed in the middle of whatever they do, again and again. */
function* killer(port: number, random: () => number, tally: Tally, isOver: () => boolean): Coroutine<void, NetEvent> {
  let child: ChildProcess | undefined;
  try {
    while (!isOver()) {
      child = spawnProcess(process.execPath, ['-e', CHILD, String(port)], { stdio: 'ignore' });
      yield* sleep(300 + random() * 1000);
      process.kill(child.pid!, 'SIGKILL');
      child = undefined;
      count(tally, 'killed');
    }
  } finally {
    child?.kill('SIGKILL');
  }
}

function* soak(seconds: number, random: () => number, tally: Tally): Coroutine<void, NetEvent> {
  const until = performance.now() + seconds * 1000;
  const isOver = () => performance.now() > until;
  using listener = TcpListener.listen();
  const { port } = listener.address;
  const server = yield* spawn(listener.serve(echo), { name: 'server' });
  const tasks: Task[] = [];
  for (let n = 0; n < CLIENTS; n++) tasks.push(yield* spawn(visitor(port, random, tally, isOver)));
  for (let n = 0; n < CHILDREN; n++) tasks.push(yield* spawn(killer(port, random, tally, isOver)));
  for (const task of tasks) yield* task.join();
  listener.close();
  yield* timeout(10_000, server.join());
}

function heapUsed(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

async function settled(descriptors: number): Promise<number> {
  const until = performance.now() + 5000;
  while (openDescriptors() > descriptors && performance.now() < until) await hostSleep(20);
  return openDescriptors() - descriptors;
}

async function soakUnder(strategy: StrategyName, seconds: number, random: () => number): Promise<Row> {
  const tally: Tally = { counts: new Map(), bytes: 0, wrong: 0 };
  const { loop, io } = netLoop(strategy);
  const descriptors = openDescriptors();
  const heap = heapUsed();
  let left = { waiters: -1, tasks: -1 };
  await loop.run(function* () {
    const task = yield* spawn(soak(seconds, random, tally));
    yield* task.join();
    left = { waiters: io.inFlight(), tasks: [...task.children].length };
  });
  const open = await settled(descriptors);
  return { strategy, tally, descriptors: open, ...left, heap: heapUsed() - heap };
}

function show(row: Row): void {
  const { tally } = row;
  const of = (what: string) => String(tally.counts.get(what) ?? 0);
  const visits = [...tally.counts.values()].reduce((sum, n) => sum + n, 0);
  const cells = [row.strategy.padEnd(13), visits, ...FATES.map(of), of('killed'), Math.round(tally.bytes / 2 ** 20)];
  const ends = [tally.wrong, row.descriptors, row.waiters, row.tasks, `${Math.round(row.heap / 1024)}`];
  console.log([...cells, ...ends].map(cell => String(cell).padStart(9)).join(' '));
}

async function main(): Promise<void> {
  console.log(`soak of ${SECONDS} s, SOAK_SEED=${SEED}`);
  await warmUp();
  // What is compiled and cached once and for all is no growth.
  for (const strategy of STRATEGIES) await soakUnder(strategy, 1, chance(SEED));
  const random = chance(SEED);
  const head = ['strategy', 'visits', ...FATES.map(fate => fate.replace('is ', '')), 'killed', 'MiB'];
  const tail = ['wrong', 'fds', 'waiters', 'tasks', 'heap KiB'];
  console.log([...head, ...tail].map(cell => cell.slice(0, 9).padStart(9)).join(' '));
  const rows: Row[] = [];
  for (const strategy of STRATEGIES) {
    const row = await soakUnder(strategy, SECONDS / STRATEGIES.length, random);
    show(row);
    rows.push(row);
  }
  const bad = rows.filter(
    ({ tally, descriptors, waiters, tasks, heap }) =>
      tally.wrong > 0 || descriptors > 0 || waiters !== 0 || tasks !== 0 || heap > TOLERATED_GROWTH,
  );
  for (const { strategy } of bad) console.log(`something was left behind, or wrong, under ${strategy}`);
  process.exitCode = bad.length > 0 ? 1 : 0;
}

await main();
