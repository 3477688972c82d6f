import { describeMachine } from '@escapement/lab/internal';
import { measureCrowd } from './measuring/crowd.js';
import { measureIdle } from './measuring/idle.js';
import type { IoSettings } from './measuring/io-settings.js';
import { measureOpenLoop } from './measuring/open-loop.js';
import { measureThroughput } from './measuring/throughput.js';
import { Server, type Skipped } from './processes/server.js';
import type { ServerKind } from './processes/server-kinds.js';
import { hasWrk } from './processes/wrk.js';
import type { IoResults, Part } from './results.js';

/** Measures the given parts. */
export async function runIoBench(
  parts: readonly Part[],
  kinds: readonly ServerKind[],
  settings: IoSettings,
): Promise<IoResults> {
  const { rounds, seconds, seed, cores } = settings;
  const skipped: Skipped[] = [];
  const wanted = (part: Part, needsWrk = false) => {
    if (!parts.includes(part)) return false;
    if (!needsWrk || hasWrk()) return true;
    skipped.push({ name: part, needs: 'wrk' });
    return false;
  };
  // Only servers on @escapement/net; a strategy that spins is never idle.
  const idlers = kinds.filter(kind => kind.isOurs && !kind.spins && kind.name.endsWith('/net'));
  const servers: Server[] = [];
  if (parts.includes('throughput') || parts.includes('latency')) {
    for (const kind of kinds) sort(await Server.start(kind, settings), servers, skipped);
  }
  const throughput = wanted('throughput', true) ? await measureThroughput(servers, settings) : [];
  const latency = wanted('latency') ? await measureOpenLoop(servers, settings) : [];
  await Promise.all(servers.map(server => server.stop()));
  const idle = present(wanted('idle') ? await measureIdle(idlers, settings) : [], skipped);
  const crowd = present(wanted('crowd', true) ? await measureCrowd(idlers, settings) : [], skipped);
  return {
    schema: 1,
    date: new Date().toISOString(),
    machine: describeMachine(),
    parameters: { rounds, seconds, seed, arePinned: cores.arePinned },
    skipped,
    throughput,
    latency,
    idle,
    crowd,
  };
}

function sort(started: Server | Skipped, servers: Server[], skipped: Skipped[]): void {
  if (started instanceof Server) servers.push(started);
  else skipped.push(started);
}

function present<R extends object>(rows: readonly (R | Skipped)[], skipped: Skipped[]): R[] {
  return rows.filter((row): row is R => {
    if (!('needs' in row)) return true;
    skipped.push(row as Skipped);
    return false;
  });
}
