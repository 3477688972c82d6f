// Sends requests at a fixed rate, whether the server keeps up or not. Latency counts from the instant at which a request was
// due, so a server that stalls is charged for every request that was due meanwhile. Arguments: port, connections, rate,
// seconds, seconds of warm-up. Prints an OpenLoopReport.
import { createHistogram } from 'node:perf_hooks';
import { ioModule } from '@escapement/io';
import { close } from '@escapement/posix';
import { all, busyWaitModule, createLoop, type Instant, sleepModule, sleepUntil } from 'escapement';
import type { OpenLoopReport } from '../measuring/open-loop.js';
import { Schedule } from '../schedule.js';
import { ask, connectTo } from './connection.js';

const NS_PER_MS = 1e6;
/** At the end, the client waits no longer than this for a server that is behind. */
const MOST_BEHIND = 2000;

const [port, connections, rate, seconds, warmUp] = process.argv.slice(2).map(Number) as [
  number,
  number,
  number,
  number,
  number,
];
const histogram = createHistogram();
let unanswered = 0;

// Busy-wait, because the lateness of another strategy would be added to the latency of the server.
await createLoop(busyWaitModule, ioModule, sleepModule).run(function* () {
  const fds: number[] = [];
  for (let n = 0; n < connections; n++) fds.push(yield* connectTo(port));
  const schedule = new Schedule(performance.now(), rate, connections, rate * (warmUp + seconds));
  yield* all(fds.map((fd, connection) => askAsDue(fd, connection, schedule)));
  for (const fd of fds) close(fd);
});
console.log(JSON.stringify(report()));

function* askAsDue(fd: number, connection: number, schedule: Schedule) {
  const countsFrom = schedule.start + warmUp * 1000;
  const end = schedule.dueAt(schedule.total) + MOST_BEHIND;
  for (const number of schedule.numbersOf(connection)) {
    const due = schedule.dueAt(number);
    yield* sleepUntil(due);
    const isGivenUp = performance.now() > end;
    if (!isGivenUp) yield* ask(fd);
    if (due < countsFrom) continue;
    // Requests that were given up count too: without the slowest ones the figures would look better.
    record(due);
    if (isGivenUp) unanswered++;
  }
}

function record(due: Instant): void {
  histogram.record(Math.max(1, Math.round((performance.now() - due) * NS_PER_MS)));
}

function report(): OpenLoopReport {
  const us = (share: number) => histogram.percentile(share) / 1000;
  const latencyUs = { p50: us(50), p90: us(90), p99: us(99), 'p99.9': us(99.9), max: histogram.max / 1000 };
  return { answered: histogram.count - unanswered, unanswered, latencyUs };
}
