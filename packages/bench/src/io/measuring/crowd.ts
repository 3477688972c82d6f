import { alternate } from '@escapement/lab';
import { Server, type Skipped } from '../processes/server.js';
import type { ServerKind } from '../processes/server-kinds.js';
import { runWrk } from '../processes/wrk.js';
import type { IoCourse } from './course.js';
import { openIdle } from './idle-connections.js';

/** A server that holds a crowd of idle connections beside the busy ones. */
export interface CrowdRow {
  readonly server: string;
  readonly connections: number;
  /** Microseconds of the server's processor time for each message; one figure for each round. */
  readonly cpuUsAlone: readonly number[];
  readonly cpuUsCrowded: readonly number[];
  /** What its memory grew by. */
  readonly bytesPerConnection: number;
}

const CROWD = 10_000;
const BUSY = 32;

/** What a message costs beside 10,000 idle connections, and what those cost. */
export async function measureCrowd(kinds: readonly ServerKind[], course: IoCourse): Promise<(CrowdRow | Skipped)[]> {
  const rows: (CrowdRow | Skipped)[] = [];
  for (const [done, kind] of kinds.entries()) {
    course.progress('crowd', done, kinds.length, kind.name);
    rows.push(await measure(kind, course));
  }
  return rows;
}

async function measure(kind: ServerKind, course: IoCourse): Promise<CrowdRow | Skipped> {
  const options = { cores: course.cores, connections: CROWD + BUSY };
  const alone = await Server.start(kind, options);
  const crowded = await Server.start(kind, options);
  if (!(alone instanceof Server)) return alone;
  if (!(crowded instanceof Server)) return crowded;
  // Busy once before: what its heap grows by then is not the connections'.
  for (const server of [alone, crowded]) await cpuUsPerMessage(server, course);
  const before = crowded.residentBytes;
  const client = await openIdle(crowded.port, CROWD, course.cores);
  const bytesPerConnection = (crowded.residentBytes - before) / CROWD;
  const figures = await alternate(
    [
      { name: 'alone', run: () => cpuUsPerMessage(alone, course) },
      { name: 'crowded', run: () => cpuUsPerMessage(crowded, course) },
    ],
    course,
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

async function cpuUsPerMessage(server: Server, { cores, seconds }: IoCourse): Promise<number> {
  const before = server.processorTime;
  const { requests } = await runWrk(server.port, { cores, connections: BUSY, seconds });
  return ((server.processorTime - before) * 1000) / requests;
}
