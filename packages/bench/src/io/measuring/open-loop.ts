import { fileURLToPath } from 'node:url';
import { alternate } from '@escapement/lab';
import type { Server } from '../processes/server.js';
import { outputOf } from '../processes/tools.js';
import type { IoCourse } from './course.js';

/** What the open-loop client prints. */
export interface OpenLoopReport {
  readonly answered: number;
  /** Not sent, because the server was too far behind. They count as if answered at the end. */
  readonly unanswered: number;
  /** From the moment when the request was due. */
  readonly latencyUs: Readonly<Record<LatencyFigure, number>>;
}

export const LATENCY_FIGURES = ['p50', 'p90', 'p99', 'p99.9', 'max'] as const;
export type LatencyFigure = (typeof LATENCY_FIGURES)[number];

/** A server at one number of connections. */
export interface OpenLoopRow {
  readonly server: string;
  readonly connections: number;
  /** One for each round. */
  readonly reports: OpenLoopReport[];
}

/** Requests a second, of all connections together. */
export const RATE = 5000;
export const OPEN_LOOP_CONNECTIONS: readonly number[] = [1, 32];
const WARM_UP_SECONDS = 1;
/** More would take long, and a round has thousands of requests. */
const MOST_ROUNDS = 3;

const CLIENT = fileURLToPath(new URL('../clients/open-loop-client.js', import.meta.url));

/** How late answers come if requests are sent at a fixed rate, whatever the server does. */
export async function measureOpenLoop(servers: readonly Server[], course: IoCourse): Promise<OpenLoopRow[]> {
  const rows = OPEN_LOOP_CONNECTIONS.flatMap(connections =>
    servers.map(server => ({ server, row: { server: server.name, connections, reports: [] as OpenLoopReport[] } })),
  );
  const rounds = Math.min(course.rounds, MOST_ROUNDS);
  let done = 0;
  await alternate(
    rows.map(({ server, row }) => ({
      name: `${row.server}, ${row.connections}`,
      run: async () => {
        const report = await server.during(() => ask(server.port, row.connections, course));
        row.reports.push(report);
        return report.latencyUs.p99;
      },
    })),
    {
      rounds,
      seed: course.seed,
      onRound: (_, name) => course.progress('latency', done++, rounds * rows.length, name),
    },
  );
  return rows.map(({ row }) => row);
}

async function ask(port: number, connections: number, { cores, seconds }: IoCourse): Promise<OpenLoopReport> {
  const args = [port, connections, RATE, seconds, WARM_UP_SECONDS].map(String);
  return JSON.parse(await outputOf(cores.forClient([process.execPath, CLIENT, ...args])));
}
