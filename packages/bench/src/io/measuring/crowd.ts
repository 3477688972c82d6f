import { alternate } from '@escapement/lab/internal';
import { Server, type Skipped } from '../processes/server.js';
import type { ServerKind } from '../processes/server-kinds.js';
import { runWrk } from '../processes/wrk.js';
import { openIdle } from './idle-connections.js';
import type { IoSettings } from './io-settings.js';

/** A server with many idle connections beside the busy ones. */
export interface CrowdRow {
  readonly server: string;
  readonly connections: number;
  /** Microseconds of the server's processor time per message; one figure per round. */
  readonly cpuUsAlone: readonly number[];
  readonly cpuUsCrowded: readonly number[];
  /** The growth of its memory. */
  readonly bytesPerConnection: number;
}

const CROWD = 10_000;
const BUSY = 32;

/** Measures the cost of a message beside 10,000 idle connections, and the memory of those. */
export async function measureCrowd(
  kinds: readonly ServerKind[],
  settings: IoSettings,
): Promise<(CrowdRow | Skipped)[]> {
  const rows: (CrowdRow | Skipped)[] = [];
  for (const [done, kind] of kinds.entries()) {
    settings.progress('crowd', done, kinds.length, kind.name);
    rows.push(await measure(kind, settings));
  }
  return rows;
}

async function measure(kind: ServerKind, settings: IoSettings): Promise<CrowdRow | Skipped> {
  const options = { cores: settings.cores, connections: CROWD + BUSY };
  const alone = await Server.start(kind, options);
  const crowded = await Server.start(kind, options);
  if (!(alone instanceof Server)) return alone;
  if (!(crowded instanceof Server)) return crowded;
  // Both serve messages first, so that the growth of their heaps is not counted as memory of the connections.
  for (const server of [alone, crowded]) await cpuUsPerMessage(server, settings);
  const before = crowded.residentBytes;
  const client = await openIdle(crowded.port, CROWD, settings.cores);
  const bytesPerConnection = (crowded.residentBytes - before) / CROWD;
  const figures = await alternate(
    [
      { name: 'alone', run: () => cpuUsPerMessage(alone, settings) },
      { name: 'crowded', run: () => cpuUsPerMessage(crowded, settings) },
    ],
    settings,
  );
  await Promise.all([client.stop(), alone.stop(), crowded.stop()]);
  return {
    server: kind.name,
    connections: CROWD,
    cpuUsAlone: figures.get('alone')!.values,
    cpuUsCrowded: figures.get('crowded')!.values,
    bytesPerConnection,
  };
}

async function cpuUsPerMessage(server: Server, { cores, seconds }: IoSettings): Promise<number> {
  const before = server.processorTime;
  const { requests } = await runWrk(server.port, { cores, connections: BUSY, seconds });
  return ((server.processorTime - before) * 1000) / requests;
}
