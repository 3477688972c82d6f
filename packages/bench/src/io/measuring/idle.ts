import { setTimeout as elapse } from 'node:timers/promises';
import { Server, type Skipped } from '../processes/server.js';
import type { ServerKind } from '../processes/server-kinds.js';
import { openIdle } from './idle-connections.js';
import type { IoSettings } from './io-settings.js';

/** The cost of a server whose connections are all idle. */
export interface IdleRow {
  readonly server: string;
  readonly connections: number;
  readonly cpuPercent: number;
}

const IDLE_CONNECTIONS = 1000;
const SETTLING = 1000;
const MEASURED = 5000;

export async function measureIdle(kinds: readonly ServerKind[], settings: IoSettings): Promise<(IdleRow | Skipped)[]> {
  const rows: (IdleRow | Skipped)[] = [];
  for (const [done, kind] of kinds.entries()) {
    settings.progress('idle', done, kinds.length, kind.name);
    rows.push(await measure(kind, settings));
  }
  return rows;
}

async function measure(kind: ServerKind, { cores }: IoSettings): Promise<IdleRow | Skipped> {
  const server = await Server.start(kind, { cores, connections: IDLE_CONNECTIONS });
  if (!(server instanceof Server)) return server;
  const client = await openIdle(server.port, IDLE_CONNECTIONS, cores);
  await elapse(SETTLING);
  const [start, before] = [performance.now(), server.processorTime];
  await elapse(MEASURED);
  const cpuPercent = (100 * (server.processorTime - before)) / (performance.now() - start);
  await Promise.all([client.stop(), server.stop()]);
  return { server: kind.name, connections: IDLE_CONNECTIONS, cpuPercent };
}
