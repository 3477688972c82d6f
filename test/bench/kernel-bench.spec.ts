import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BenchmarkResult, medianInterval, ratioOf, resultsTable, verdictOf } from '@escapement/bench';
import { Sample } from '@escapement/lab/internal';
import { expect } from 'chai';

const RESULT: BenchmarkResult = {
  what: 'a switch',
  unit: 'ns',
  ours: new Sample([60, 50, 1200]),
  anchor: { name: 'await null', figure: new Sample([50, 40, 40]) },
  reach: { timesAnchor: 1.5 },
};

describe('bench, a result', () => {
  it('has the ratios of its rounds', () => {
    expect(ratioOf(RESULT)!.values).to.deep.equal([1.2, 1.25, 30]);
    expect(ratioOf({ ...RESULT, anchor: undefined })).to.equal(undefined);
  });

  it('has the ratio of the medians if the sides had different rounds', () => {
    const anchor = { name: 'await null', figure: new Sample([40]) };
    expect(ratioOf({ ...RESULT, anchor })!.values).to.deep.equal([1.5]);
  });

  it('reaches its target, misses it, or cannot tell because its interval contains the mark', () => {
    const steady = { ...RESULT, ours: new Sample(Array(9).fill(60)), anchor: undefined };
    expect(verdictOf({ ...steady, reach: { atMost: 60 } })).to.equal('reached');
    expect(verdictOf({ ...steady, reach: { atMost: 59 } })).to.equal('MISSED');
    const noisy = { ...steady, ours: new Sample([50, 51, 52, 53, 60, 61, 62, 63, 64]) };
    expect(verdictOf({ ...noisy, reach: { atMost: 63 } })).to.equal('reached');
    expect(verdictOf({ ...noisy, reach: { atMost: 62 } })).to.equal('cannot tell');
    expect(verdictOf({ ...noisy, reach: { atMost: 51 } })).to.equal('cannot tell');
    expect(verdictOf({ ...noisy, reach: { atMost: 50 } })).to.equal('MISSED');
    expect(verdictOf(RESULT)).to.equal('cannot tell');
    expect(verdictOf({ ...RESULT, reach: { timesAnchor: 1.1 } })).to.equal('MISSED');
  });

  it('has a 95 % interval for its median: all values of few rounds, fewer of many', () => {
    const interval = (count: number) => medianInterval(new Sample(Array.from({ length: count }, (_, n) => n + 1)));
    // Ranks of the sign test, from tables.
    expect(interval(1)).to.deep.equal({ low: 1, high: 1 });
    expect(interval(5)).to.deep.equal({ low: 1, high: 5 });
    expect(interval(8)).to.deep.equal({ low: 1, high: 8 });
    expect(interval(9)).to.deep.equal({ low: 2, high: 8 });
    expect(interval(15)).to.deep.equal({ low: 4, high: 12 });
    expect(interval(45)).to.deep.equal({ low: 16, high: 30 });
  });

  it('is a row of a Markdown table', () => {
    const [heads, rule, row] = resultsTable([RESULT]).split('\n');
    expect(heads!.split('|').map(cell => cell.trim())).to.include.members(['what', 'ours', 'anchor', 'ratio']);
    expect(rule).to.match(/^[|\s-]+$/);
    expect(row!.split('|').map(cell => cell.trim())).to.deep.equal([
      '',
      'a switch',
      '60.0 ns',
      '50.0 to 1,200',
      'await null: 40.0 ns',
      '1.25 (1.20 to 30.00)',
      '<= 1.50 x',
      'cannot tell',
      '',
    ]);
  });
});

describe('npm run bench', function () {
  this.timeout(60_000);

  it('measures the benchmarks of --only', async () => {
    const report = await runBench('--only', 'sync', '--rounds', '1');
    const rows = report.split('\n').filter(line => line.startsWith('| '));
    expect(rows.slice(2).map(row => row.split('|')[1]!.trim())).to.deep.equal([
      'acquire and release, over a bare switch',
      'put and get, over a bare switch',
      'acquire of a semaphore, over a bare switch',
      'publish to 100 that wait, each of them',
      'a Deferred, from new to its waiter',
    ]);
  });
});

async function runBench(...args: string[]): Promise<string> {
  const bin = fileURLToPath(new URL('bin/bench.js', import.meta.resolve('@escapement/bench')));
  return (await promisify(execFile)(process.execPath, [bin, ...args])).stdout;
}
