import { Sample } from '@escapement/lab/internal';
import type { OpenLoopRow } from './measuring/open-loop.js';
import { CONNECTIONS, type ThroughputRow } from './measuring/throughput.js';
import { YARDSTICK } from './processes/server-kinds.js';
import type { IoResults } from './results.js';

/** The bound of a target. */
export type IoReach = { readonly atLeast: number } | { readonly atMost: number };

export interface IoTarget {
  readonly what: string;
  readonly unit: 'x' | '%' | 'KB';
  readonly sample: Sample;
  readonly reach: IoReach;
}

/** The throughput that a strategy must reach, as a multiple of another server's. */
const THROUGHPUT: readonly (readonly [strategy: string, anchor: string, atLeast: number])[] = [
  ['epoll', YARDSTICK, 1.3],
  ['epoll', 'uvloop', 1.0],
  ['epoll', 'C epoll', 0.9],
  ['atomics-wait', YARDSTICK, 1.2],
  ['set-timeout', YARDSTICK, 1.2],
  ['busy-wait', YARDSTICK, 0.8],
];
const MOST_IDLE_CPU_PERCENT = 1;
const MOST_CROWDED = 1.1;
const MOST_KB_PER_CONNECTION = 3;

export function isIoTargetReached({ sample, reach }: IoTarget): boolean {
  return 'atLeast' in reach ? sample.median >= reach.atLeast : sample.median <= reach.atMost;
}

/** Throughput compared with another server's, at each number of connections. */
export interface ThroughputTarget {
  readonly server: string;
  readonly anchor: string;
  readonly atLeast: number;
  /** The ratios of the rounds, for each of `CONNECTIONS`. */
  readonly ratios: readonly Sample[];
}

export function throughputTargets({ throughput }: IoResults): ThroughputTarget[] {
  const names = [...new Set(throughput.map(row => row.server))];
  return THROUGHPUT.flatMap(([strategy, anchor, atLeast]) =>
    names
      .filter(name => name.startsWith(`${strategy}/`) && names.includes(anchor))
      .map(server => ({
        server,
        anchor,
        atLeast,
        ratios: CONNECTIONS.map(n => ratioAt(n, server, anchor, throughput)),
      })),
  );
}

/** The ratios of requests per second to those of another server in the same rounds. */
export function ratioAt(connections: number, server: string, anchor: string, rows: readonly ThroughputRow[]): Sample {
  const figuresOf = (name: string) =>
    rows.find(row => row.server === name && row.connections === connections)!.requestsPerSecond;
  const anchors = figuresOf(anchor);
  return new Sample(figuresOf(server).map((figure, round) => figure / anchors[round]!));
}

export function otherTargets({ latency, idle, crowd }: IoResults): IoTarget[] {
  return [
    ...busyWaitTarget(latency),
    ...idle.map(
      ({ server, connections, cpuPercent }): IoTarget => ({
        what: `${server}: CPU with ${connections.toLocaleString('en-US')} idle connections`,
        unit: '%',
        sample: new Sample([cpuPercent]),
        reach: { atMost: MOST_IDLE_CPU_PERCENT },
      }),
    ),
    ...crowd.flatMap(({ server, connections, ...row }): IoTarget[] => [
      {
        what: `${server}: a message beside ${connections.toLocaleString('en-US')} idle ones`,
        unit: 'x',
        sample: new Sample(row.cpuUsCrowded.map((cost, round) => cost / row.cpuUsAlone[round]!)),
        reach: { atMost: MOST_CROWDED },
      },
      {
        what: `${server}: memory of an idle connection`,
        unit: 'KB',
        sample: new Sample([row.bytesPerConnection / 1024]),
        reach: { atMost: MOST_KB_PER_CONNECTION },
      },
    ]),
  ];
}

/** On one connection, the p99 of a strategy that spins must be at most that of the best other server. */
function busyWaitTarget(latency: readonly OpenLoopRow[]): IoTarget[] {
  const single = latency.filter(row => row.connections === 1);
  const spinning = single.filter(row => row.server.startsWith('busy-wait/'));
  const others = single.filter(row => !spinning.includes(row));
  if (others.length === 0) return [];
  const best = others.reduce((a, b) => (medianP99(b) < medianP99(a) ? b : a));
  return spinning.map(row => ({
    what: `${row.server}: p99 of 1 connection, to ${best.server}`,
    unit: 'x',
    sample: new Sample([medianP99(row) / medianP99(best)]),
    reach: { atMost: 1 },
  }));
}

function medianP99({ reports }: OpenLoopRow): number {
  return new Sample(reports.map(report => report.latencyUs.p99)).median;
}
