import { describeMachine } from '@escapement/lab';
import type { IoCourse } from './measuring/course.js';
import { measureCrowd } from './measuring/crowd.js';
import { measureIdle } from './measuring/idle.js';
import { measureOpenLoop } from './measuring/open-loop.js';
import { measureThroughput } from './measuring/throughput.js';
import { Server, type Skipped } from './processes/server.js';
import type { ServerKind } from './processes/server-kinds.js';
import { hasWrk } from './processes/wrk.js';
import type { IoResults, Part } from './results.js';

/** Measures the parts that are asked for. */
export async function runIoBench(
  parts: readonly Part[],
  kinds: readonly ServerKind[],
  course: IoCourse,
): Promise<IoResults> {
  const { rounds, seconds, seed, cores } = course;
  const skipped: Skipped[] = [];
  const wanted = (part: Part, needsWrk = false) => {
    if (!parts.includes(part)) return false;
    if (!needsWrk || hasWrk()) return true;
    skipped.push({ name: part, needs: 'wrk' });
    return false;
  };
  // With what people use; a strategy that spins is busy by design.
  const idlers = kinds.filter(kind => kind.isOurs && !kind.spins && kind.name.endsWith('/net'));
  const servers: Server[] = [];
  if (parts.includes('throughput') || parts.includes('latency')) {
    for (const kind of kinds) sort(await Server.start(kind, course), servers, skipped);
  }
  const throughput = wanted('throughput', true) ? await measureThroughput(servers, course) : [];
  const latency = wanted('latency') ? await measureOpenLoop(servers, course) : [];
  await Promise.all(servers.map(server => server.stop()));
  const idle = present(wanted('idle') ? await measureIdle(idlers, course) : [], skipped);
  const crowd = present(wanted('crowd', true) ? await measureCrowd(idlers, course) : [], skipped);
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
