import { alternate } from '@escapement/lab';
import type { Server } from '../processes/server.js';
import { runWrk } from '../processes/wrk.js';
import type { IoCourse } from './course.js';

/** A server at one number of connections; one figure for each round. */
export interface ThroughputRow {
  readonly server: string;
  readonly connections: number;
  readonly requestsPerSecond: number[];
  /** Microseconds of processor time of the server for each request. */
  readonly cpuUs: number[];
  /** Of all rounds. */
  errors: number;
}

export const CONNECTIONS: readonly number[] = [1, 32, 256];

/** How many requests each server answers while wrk asks as fast as it gets answers. */
export async function measureThroughput(servers: readonly Server[], course: IoCourse): Promise<ThroughputRow[]> {
  await warmUp(servers, course);
  const rows: ThroughputRow[] = [];
  for (const [index, connections] of CONNECTIONS.entries()) {
    rows.push(...(await measureAt(connections, index, servers, course)));
  }
  return rows;
}

async function warmUp(servers: readonly Server[], { cores, progress }: IoCourse): Promise<void> {
  for (const [done, server] of servers.entries()) {
    progress('throughput', 0, 1, `warming up, ${done + 1} of ${servers.length}`);
    await server.during(() => runWrk(server.port, { cores, connections: 32, seconds: 1 }));
  }
}

async function measureAt(connections: number, index: number, servers: readonly Server[], course: IoCourse) {
  const { rounds, seed, progress } = course;
  const rows = servers.map(({ name }) => newRow(name, connections));
  const candidates = servers.map((server, n) => ({ name: server.name, run: () => measure(server, rows[n]!, course) }));
  const total = CONNECTIONS.length * rounds * servers.length;
  let done = index * rounds * servers.length;
  const onRound = (_: number, name: string) => progress('throughput', done++, total, `${name}, ${connections}`);
  await alternate(candidates, { rounds, seed, onRound });
  return rows;
}

function newRow(server: string, connections: number): ThroughputRow {
  return { server, connections, requestsPerSecond: [], cpuUs: [], errors: 0 };
}

async function measure(server: Server, row: ThroughputRow, { cores, seconds }: IoCourse): Promise<number> {
  const { connections } = row;
  const before = server.processorTime;
  const report = await server.during(() => runWrk(server.port, { cores, connections, seconds }));
  row.requestsPerSecond.push(report.requestsPerSecond);
  row.cpuUs.push(((server.processorTime - before) * 1000) / report.requests);
  row.errors += report.errors;
  return report.requestsPerSecond;
}
