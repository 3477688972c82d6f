import { type Coroutine, type Duration, type LoopEvent, now, sleepModule, sleepUntil, spawn } from 'escapement';
import type { StrategySubject } from '../subjects/subject.js';
import { defineScenario, type Measurement } from './scenario.js';

/** Of each connection, in milliseconds. */
const PERIOD: Duration = 10;

/** Messages to another thread and back, over TCP. */
export const io = defineScenario({
  name: 'io',
  title: 'Echo over the loopback, 100 messages a second on each connection',
  samples: 'latency',
  explanation:
    'From the write of 64 bytes until they are read again. Another thread echoes them with node:net; its share of the latency and of the CPU is the same for all.',
  parameter: {
    name: 'connections',
    unit: '',
    values: [1, 10, 100],
    quick: [10],
    warmUp: 10,
    check: count =>
      Number.isInteger(count) && count >= 1 && count <= 1000 ? undefined : 'expected 1 to 1000 connections',
  },
  roundMs: { whole: 200, quick: 100 },
  measures: ['strategy'],
  prepare: (subject, connections) => echoes(subject as StrategySubject, connections),
});

const ECHO = `
const { parentPort } = require('node:worker_threads');
const server = require('node:net').createServer({ noDelay: true }, socket => socket.on('error', () => {}).pipe(socket));
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;

async function startEcho(): Promise<number> {
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker(ECHO, { eval: true });
  worker.unref();
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
}

async function echoes(subject: StrategySubject, connections: number): Promise<Measurement> {
  const [{ ioModule }, { netModule, TcpStream }] = await optionalPackages();
  const port = await startEcho();
  const loop = subject.createLoop<LoopEvent>(ioModule, sleepModule, netModule);

  function* client(index: number, count: number, samplesUs: number[]): Coroutine<void, LoopEvent> {
    using stream = yield* TcpStream.connect({ port });
    const start = (yield* now()) + PERIOD * (index / connections);
    for (let n = 0; n < count; n++) {
      yield* sleepUntil(start + n * PERIOD);
      const sent = performance.now();
      yield* stream.write(MESSAGE);
      yield* stream.readExactly(MESSAGE.length);
      samplesUs.push((performance.now() - sent) * 1000);
    }
  }

  return async ({ budget, mostSamples, measured }) => {
    const count = Math.max(1, Math.ceil(Math.min(budget / PERIOD, mostSamples / connections)));
    const samplesUs: number[] = [];
    await measured(() =>
      loop.run(function* () {
        for (let index = 0; index < connections; index++) yield* spawn(client(index, count, samplesUs));
      }),
    );
    return { samplesUs };
  };
}

const MESSAGE = new Uint8Array(64);

async function optionalPackages() {
  try {
    return await Promise.all([import('@escapement/io'), import('@escapement/net')]);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the scenario io needs @escapement/io and @escapement/net. Install both, on Linux. (${reason})`, {
      cause,
    });
  }
}
