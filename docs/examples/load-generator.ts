/**
 * An open-loop load generator for HTTP. It sends request n at `start + n / rate`, whatever became of those before: if the
 * server or this program falls behind, that shows in the latency, which counts from the instant in the schedule. So it matters
 * how late its own sends are, and what they cost: compare the strategies.
 *
 * Try it: node docs/dist/examples/load-generator.js --url http://127.0.0.1:8080/ --rate 2000 --seconds 10 --strategy hybrid
 * Without --url it starts a small server in another process. Without --strategy it tries several, one after the other.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { epollModule, ioModule } from '@escapement/io';
import { netModule, TcpStream } from '@escapement/net';
import {
  atomicsWaitModule,
  busyWaitModule,
  createLoop,
  hybridModule,
  now,
  preciseTimeoutModule,
  setTimeoutModule,
  sleepModule,
  sleepUntil,
  spawn,
} from 'escapement';

const STRATEGIES = {
  'busy-wait': busyWaitModule,
  'atomics-wait': atomicsWaitModule,
  hybrid: hybridModule,
  epoll: epollModule,
  'set-timeout': setTimeoutModule,
  'precise-timeout': preciseTimeoutModule,
};

const { values: options } = parseArgs({
  options: {
    url: { type: 'string' },
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '0.2' },
    connections: { type: 'string', default: '8' },
    strategy: { type: 'string', multiple: true, default: ['busy-wait', 'atomics-wait', 'hybrid', 'epoll'] },
    serve: { type: 'boolean' },
  },
});

/** All times are in milliseconds. */
interface Measured {
  /** How late each request was sent. */
  readonly lateness: number[];
  /** From the instant in the schedule to the end of the response. */
  readonly latency: number[];
}

interface Load {
  readonly url: URL;
  /** Requests in a second, over all connections. */
  readonly rate: number;
  /** How many in all. */
  readonly count: number;
  readonly connections: number;
}

/** Connection k of c sends the requests k, k + c, k + 2c, ... of the schedule. So no queue can grow: a slow server makes sends late. */
function* connection(index: number, start: number, { url, rate, count, connections }: Load, measured: Measured) {
  using stream = yield* TcpStream.connect({ host: url.hostname, port: Number(url.port || 80) });
  const request = Buffer.from(`GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`, 'latin1');
  for (let n = index; n < count; n += connections) {
    const due = start + (n * 1000) / rate;
    yield* sleepUntil(due);
    measured.lateness.push((yield* now()) - due);
    yield* stream.write(request);
    yield* readResponse(stream);
    measured.latency.push((yield* now()) - due);
  }
}

function* readResponse(stream: TcpStream) {
  let length: number | undefined;
  for (;;) {
    const line = yield* stream.readLine();
    if (line === undefined) throw new Error('the server closed the connection, expected a response');
    if (line === '') break;
    if (/^content-length:/i.test(line)) length = Number(line.slice(15));
  }
  if (length === undefined) throw new Error('a response without Content-Length: this client reads no other');
  yield* stream.readExactly(length);
}

async function measure(strategy: keyof typeof STRATEGIES, load: Load) {
  const loop = createLoop(STRATEGIES[strategy], ioModule, sleepModule, netModule);
  const measured: Measured = { lateness: [], latency: [] };
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  await loop.run(function* () {
    // Later, so that all connections are made by then.
    const begin = (yield* now()) + 100;
    for (let index = 0; index < load.connections; index++) yield* spawn(connection(index, begin, load, measured));
  });
  const { user, system } = process.cpuUsage(cpu);
  return { ...measured, cpuPercent: (user + system) / 10 / (performance.now() - start) };
}

function quantile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(3);
}

function serve(): void {
  const server = createServer((_, response) => response.end('Hello, world!\n'));
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
  process.on('disconnect', () => process.exit());
}

async function main(): Promise<void> {
  const rate = Number(options.rate);
  const connections = Number(options.connections);
  const count = Math.round(rate * Number(options.seconds));
  const server = options.url === undefined ? fork(fileURLToPath(import.meta.url), ['--serve']) : undefined;
  const url = new URL(options.url ?? `http://127.0.0.1:${await once(server!, 'message').then(([port]) => port)}/`);
  console.log(`${count} requests, ${rate} a second, on ${connections} connections`);
  for (const name of options.strategy) {
    if (!(name in STRATEGIES)) throw new Error(`no strategy ${name}; there are ${Object.keys(STRATEGIES).join(', ')}`);
    const strategy = name as keyof typeof STRATEGIES;
    const { lateness, latency, cpuPercent } = await measure(strategy, { url, rate, count, connections });
    const late = `sent p50 ${quantile(lateness, 0.5)} ms, p99 ${quantile(lateness, 0.99)} ms late`;
    const response = `answered p50 ${quantile(latency, 0.5)} ms, p99 ${quantile(latency, 0.99)} ms after`;
    console.log(`${strategy}: ${late}; ${response}; CPU ${cpuPercent.toFixed(1)} %`);
  }
  server?.disconnect();
}

if (options.serve) serve();
else await main();
