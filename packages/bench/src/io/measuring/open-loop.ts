import { fileURLToPath } from 'node:url';
import { alternate } from '@escapement/lab/internal';
import { outputOf } from '../../system/commands.js';
import type { Server } from '../processes/server.js';
import type { IoSettings } from './io-settings.js';

/** What the open-loop client prints. */
export interface OpenLoopReport {
  readonly answered: number;
  /** Not sent, because the server was too far behind. Each counts with the latency that it had reached at the end. */
  readonly unanswered: number;
  /** Counted from the instant at which the request was due. */
  readonly latencyUs: Readonly<Record<LatencyFigure, number>>;
}

export const LATENCY_FIGURES = ['p50', 'p90', 'p99', 'p99.9', 'max'] as const;
export type LatencyFigure = (typeof LATENCY_FIGURES)[number];

/** A server at one number of connections. */
export interface OpenLoopRow {
  readonly server: string;
  readonly connections: number;
  /** One per round. */
  readonly reports: OpenLoopReport[];
}

/** Requests per second, over all connections. */
export const RATE = 5000;
export const OPEN_LOOP_CONNECTIONS: readonly number[] = [1, 32];
const WARM_UP_SECONDS = 1;
/** Enough, because a round has thousands of requests. */
const MOST_ROUNDS = 3;

const CLIENT = fileURLToPath(new URL('../clients/open-loop-client.js', import.meta.url));

/** Measures the latency of answers to requests that are sent at a fixed rate, however fast the server answers. */
export async function measureOpenLoop(servers: readonly Server[], settings: IoSettings): Promise<OpenLoopRow[]> {
  const rows = OPEN_LOOP_CONNECTIONS.flatMap(connections =>
    servers.map(server => ({ server, row: { server: server.name, connections, reports: [] as OpenLoopReport[] } })),
  );
  const rounds = Math.min(settings.rounds, MOST_ROUNDS);
  let done = 0;
  await alternate(
    rows.map(({ server, row }) => ({
      name: `${row.server}, ${row.connections}`,
      run: async () => {
        const report = await server.during(() => ask(server.port, row.connections, settings));
        row.reports.push(report);
        return report.latencyUs.p99;
      },
    })),
    {
      rounds,
      seed: settings.seed,
      onRound: (_, name) => settings.progress('latency', done++, rounds * rows.length, name),
    },
  );
  return rows.map(({ row }) => row);
}

async function ask(port: number, connections: number, { cores, seconds }: IoSettings): Promise<OpenLoopReport> {
  const args = [port, connections, RATE, seconds, WARM_UP_SECONDS].map(String);
  return JSON.parse(await outputOf(cores.forClient([process.execPath, CLIENT, ...args])));
}
