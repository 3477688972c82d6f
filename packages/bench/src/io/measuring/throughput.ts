import { alternate } from '@escapement/lab/internal';
import type { Server } from '../processes/server.js';
import { runWrk } from '../processes/wrk.js';
import type { IoSettings } from './io-settings.js';

/** A server at one number of connections; one figure per round. */
export interface ThroughputRow {
  readonly server: string;
  readonly connections: number;
  readonly requestsPerSecond: number[];
  /** Microseconds of the server's processor time per request. */
  readonly cpuUs: number[];
  /** In all rounds. */
  errors: number;
}

export const CONNECTIONS: readonly number[] = [1, 32, 256];

/** Measures how many requests per second each server answers while wrk sends the next as soon as it has an answer. */
export async function measureThroughput(servers: readonly Server[], settings: IoSettings): Promise<ThroughputRow[]> {
  await warmUp(servers, settings);
  const rows: ThroughputRow[] = [];
  for (const [index, connections] of CONNECTIONS.entries()) {
    rows.push(...(await measureAt(connections, index, servers, settings)));
  }
  return rows;
}

async function warmUp(servers: readonly Server[], { cores, progress }: IoSettings): Promise<void> {
  for (const [done, server] of servers.entries()) {
    progress('throughput', 0, 1, `warming up, ${done + 1} of ${servers.length}`);
    await server.during(() => runWrk(server.port, { cores, connections: 32, seconds: 1 }));
  }
}

async function measureAt(connections: number, index: number, servers: readonly Server[], settings: IoSettings) {
  const { rounds, seed, progress } = settings;
  const rows = servers.map(({ name }) => newRow(name, connections));
  const candidates = servers.map((server, n) => ({
    name: server.name,
    run: () => measure(server, rows[n]!, settings),
  }));
  const total = CONNECTIONS.length * rounds * servers.length;
  let done = index * rounds * servers.length;
  const onRound = (_: number, name: string) => progress('throughput', done++, total, `${name}, ${connections}`);
  await alternate(candidates, { rounds, seed, onRound });
  return rows;
}

function newRow(server: string, connections: number): ThroughputRow {
  return { server, connections, requestsPerSecond: [], cpuUs: [], errors: 0 };
}

async function measure(server: Server, row: ThroughputRow, { cores, seconds }: IoSettings): Promise<number> {
  const { connections } = row;
  const before = server.processorTime;
  const report = await server.during(() => runWrk(server.port, { cores, connections, seconds }));
  row.requestsPerSecond.push(report.requestsPerSecond);
  row.cpuUs.push(((server.processorTime - before) * 1000) / report.requests);
  row.errors += report.errors;
  return report.requestsPerSecond;
}
