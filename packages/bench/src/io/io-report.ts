import { type Column, decimal, plainTable, Sample, whole } from '@escapement/lab/internal';
import { LATENCY_FIGURES, type OpenLoopRow, RATE } from './measuring/open-loop.js';
import { CONNECTIONS, type ThroughputRow } from './measuring/throughput.js';
import { YARDSTICK } from './processes/server-kinds.js';
import type { IoResults } from './results.js';
import { type IoTarget, isIoTargetReached, otherTargets, ratioAt, throughputTargets } from './targets.js';

/** All results and targets, at most 100 columns wide. */
export function ioReport(results: IoResults): string {
  const { throughput, latency, idle, crowd, skipped } = results;
  return [
    ...CONNECTIONS.map(connections => throughputTable(connections, throughput)),
    ...[...new Set(latency.map(row => row.connections))].map(connections => latencyTable(connections, latency)),
    throughputTargetTable(results),
    otherTargetTable(results),
    [...skipped].map(({ name, needs }) => `${name}: skipped: needs ${needs}`).join('\n'),
    throughput.length + latency.length + idle.length + crowd.length === 0 ? 'Nothing was measured.' : '',
  ]
    .filter(text => text !== '')
    .join('\n\n');
}

function throughputTable(connections: number, all: readonly ThroughputRow[]): string {
  const rows = all.filter(row => row.connections === connections);
  if (rows.length === 0) return '';
  const hasYardstick = rows.some(row => row.server === YARDSTICK);
  return plainTable(
    [
      left(`wrk, ${ofConnections(connections)}`, 26),
      right('requests/s', 14),
      right('min to max', 22),
      right('x node:net', 12),
      right('CPU us each', 14),
      right('errors', 9),
    ],
    rows.map(row => {
      const sample = new Sample(row.requestsPerSecond);
      const ratio = hasYardstick && ratioAt(connections, row.server, YARDSTICK, rows).median;
      return [
        row.server,
        whole(sample.median),
        `${whole(sample.min)} to ${whole(sample.max)}`,
        ratio === false ? '-' : decimal(ratio, 2),
        decimal(new Sample(row.cpuUs).median, 1),
        whole(row.errors),
      ];
    }),
  );
}

function latencyTable(connections: number, all: readonly OpenLoopRow[]): string {
  const rows = all.filter(row => row.connections === connections);
  return plainTable(
    [
      left(`us, ${whole(RATE)}/s, ${ofConnections(connections)}`, 30),
      ...LATENCY_FIGURES.map(figure => right(figure, 12)),
      right('unsent', 9),
    ],
    rows.map(({ server, reports }) => [
      server,
      ...LATENCY_FIGURES.map(figure => decimal(new Sample(reports.map(each => each.latencyUs[figure])).median, 0)),
      whole(reports.reduce((sum, report) => sum + report.unanswered, 0)),
    ]),
  );
}

function throughputTargetTable(results: IoResults): string {
  const targets = throughputTargets(results);
  if (targets.length === 0) return '';
  return plainTable(
    [
      left('requests/s beside another', 36),
      left('reach', 11),
      ...CONNECTIONS.map(connections => right(`at ${connections}`, 9)),
      right('', 25),
    ],
    targets.map(({ server, anchor, atLeast, ratios }) => {
      const missed = CONNECTIONS.filter((_, n) => ratios[n]!.median < atLeast);
      return [
        `${server} to ${anchor}`,
        `>= ${decimal(atLeast, 1)} x`,
        ...ratios.map(ratio => decimal(ratio.median, 2)),
        missed.length === 0 ? 'reached' : `MISSED at ${missed.join(', ')}`,
      ];
    }),
  );
}

function otherTargetTable(results: IoResults): string {
  const targets = otherTargets(results);
  if (targets.length === 0) return '';
  return plainTable(
    [left('target', 58), left('reach', 13), right('figure', 13), right('', 12)],
    targets.map(target => [
      target.what,
      reachOf(target),
      `${decimal(target.sample.median, 2)} ${target.unit}`,
      isIoTargetReached(target) ? 'reached' : 'MISSED',
    ]),
  );
}

function reachOf({ reach, unit }: IoTarget): string {
  return 'atLeast' in reach ? `>= ${decimal(reach.atLeast, 1)} ${unit}` : `<= ${decimal(reach.atMost, 1)} ${unit}`;
}

function ofConnections(count: number): string {
  return count === 1 ? '1 connection' : `${count} connections`;
}

function left(head: string, width: number): Column {
  return { head, width, align: 'left' };
}

function right(head: string, width: number): Column {
  return { head, width, align: 'right' };
}
