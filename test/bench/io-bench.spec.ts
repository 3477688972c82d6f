import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  type IoResults,
  ioReport,
  isIoTargetReached,
  otherTargets,
  parseWrk,
  processorTimeIn,
  Schedule,
  throughputTargets,
} from '@escapement/bench';
import { describeMachine } from '@escapement/lab/internal';
import { expect } from 'chai';

const WRK = `Running 2s test @ http://127.0.0.1:9000/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   800.00us    1.10ms  20.00ms   90.00%
    Req/Sec    40.00k     1.00k   50.00k    80.00%
  80000 requests in 2.00s, 5.26MB read
Requests/sec:  39999.50
Transfer/sec:      2.63MB
`;

describe('bench:io, the output of wrk', () => {
  it('is parsed', () => {
    expect(parseWrk(WRK)).to.deep.equal({ requests: 80_000, requestsPerSecond: 39_999.5, errors: 0 });
  });

  it('counts every kind of error', () => {
    const output = `${WRK}  Socket errors: connect 1, read 20, write 3, timeout 4\n  Non-2xx or 3xx responses: 500\n`;
    expect(parseWrk(output).errors).to.equal(528);
  });

  it('is refused without figures', () => {
    expect(() => parseWrk('unable to connect to 127.0.0.1:9000 Connection refused')).to.throw(/no figures.*refused/);
  });
});

describe('bench:io, the schedule', () => {
  const schedule = new Schedule(1000, 5000, 3, 10);

  it('has requests due at a fixed rate over all connections', () => {
    expect(schedule.dueAt(0)).to.equal(1000);
    expect(schedule.dueAt(1)).to.be.closeTo(1000.2, 1e-9);
    expect(schedule.dueAt(9)).to.be.closeTo(1001.8, 1e-9);
  });

  it('assigns each request to one connection', () => {
    const dealt = [0, 1, 2].map(connection => [...schedule.numbersOf(connection)]);
    expect(dealt).to.deep.equal([
      [0, 3, 6, 9],
      [1, 4, 7],
      [2, 5, 8],
    ]);
  });
});

it('bench:io reads the processor time, whatever the name of the process', () => {
  const line = '12 (a) b (c) S 1 12 12 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 7 0 1000 0 0';
  expect(processorTimeIn(line)).to.equal(3000);
});

describe('bench:io, the report', () => {
  const report = ioReport(fakeResults());

  it('fits 100 columns and truncates nothing', () => {
    for (const line of report.split('\n')) expect(line.length, line).to.be.at.most(100);
    expect(report).to.not.include('…');
  });

  it('compares servers within a round', () => {
    const [target] = throughputTargets(fakeResults());
    expect(target).to.include({ server: 'epoll/net', anchor: 'node:net', atLeast: 1.3 });
    expect(target!.ratios[1]!.values).to.deep.equal([2, 0.5, 1.5]);
  });

  it('names the numbers of connections at which a target was missed', () => {
    expect(lineWith('epoll/net to node:net')).to.match(/1\.50 +1\.50 +1\.20 +MISSED at 256$/);
  });

  it('says which of the other targets were reached', () => {
    const judged = otherTargets(fakeResults()).map(target => [target.what, isIoTargetReached(target)]);
    expect(judged).to.deep.equal([
      ['busy-wait/raw: p99 of 1 connection, to node:net', true],
      ['epoll/net: CPU with 1,000 idle connections', true],
      ['epoll/net: a message beside 10,000 idle ones', false],
      ['epoll/net: memory of an idle connection', true],
    ]);
  });

  it('names what was skipped, and why', () => {
    expect(report).to.include('uvloop: skipped: needs python3 with uvloop');
  });

  function lineWith(text: string): string {
    return report.split('\n').find(line => line.includes(text))!;
  }
});

describe('npm run bench:io', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'escapement-bench-'));
  after(() => rmSync(folder, { recursive: true }));

  it('shows its help', async () => {
    expect(await runBench('--help')).to.include('--server <name...>');
  });

  it('measures', async function () {
    if (process.platform !== 'linux') return skip(this, 'Linux');
    if (spawnSync('sh', ['-c', 'command -v wrk']).status !== 0) return skip(this, 'wrk');
    const file = join(folder, 'results.json');
    // The throughput alone takes eight seconds of both cores.
    const parts = process.env.CI ? ['throughput', 'latency'] : ['latency'];
    const args = ['--quick', '--only', ...parts, '--server', 'node:net', 'epoll/net', '--json', file];
    const report = await runBench(...args);
    expect(report).to.include(process.env.CI ? 'epoll/net to node:net' : 'epoll/net');
    const results: IoResults = JSON.parse(readFileSync(file, 'utf8'));
    expect(results.skipped).to.deep.equal([]);
    for (const row of results.throughput) {
      expect(row.requestsPerSecond[0], `${row.server}, ${row.connections}`).to.be.above(0);
      expect(row.errors).to.equal(0);
    }
    for (const { reports } of results.latency) {
      expect(reports[0]!.answered + reports[0]!.unanswered).to.be.within(4900, 5100);
      expect(reports[0]!.latencyUs.p50).to.be.above(0);
    }
  });
});

function skip(test: Mocha.Context, needs: string): void {
  test.test!.title += ` (skipped: needs ${needs})`;
  test.skip();
}

async function runBench(...args: string[]): Promise<string> {
  const bin = fileURLToPath(new URL('bin/bench-io.js', import.meta.resolve('@escapement/bench')));
  return (await promisify(execFile)(process.execPath, [bin, ...args])).stdout;
}

function fakeResults(): IoResults {
  const throughput = (server: string, connections: number, requestsPerSecond: number[]) => ({
    server,
    connections,
    requestsPerSecond,
    cpuUs: [1234.56],
    errors: 1234,
  });
  const latency = (server: string, p99: number) => ({
    server,
    connections: 1,
    reports: [
      { answered: 5000, unanswered: 1234, latencyUs: { p50: 1, p90: 2, p99, 'p99.9': 2_000_000, max: 12_345_678 } },
    ],
  });
  return {
    schema: 1,
    date: '2025-01-31T12:00:00.000Z',
    machine: describeMachine(),
    parameters: { rounds: 3, seconds: 1, seed: 1, arePinned: true },
    skipped: [{ name: 'uvloop', needs: 'python3 with uvloop' }],
    throughput: [1, 32, 256].flatMap(connections => [
      throughput('node:net', connections, [100_000, 200_000, 100_000]),
      throughput(
        'epoll/net',
        connections,
        connections === 256 ? [120_000, 240_000, 120_000] : [200_000, 100_000, 150_000],
      ),
      throughput('atomics-wait/net', connections, [1_234_567, 1_234_567, 1_234_567]),
    ]),
    latency: [latency('node:net', 300), latency('busy-wait/raw', 200)],
    idle: [{ server: 'epoll/net', connections: 1000, cpuPercent: 0.4 }],
    crowd: [
      { server: 'epoll/net', connections: 10_000, cpuUsAlone: [10], cpuUsCrowded: [12], bytesPerConnection: 2048 },
    ],
  };
}
