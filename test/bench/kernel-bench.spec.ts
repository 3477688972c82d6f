import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BenchmarkResult, isReached, ratioOf, resultsTable } from '@escapement/bench';
import { Sample } from '@escapement/lab';
import { expect } from 'chai';

const RESULT: BenchmarkResult = {
  what: 'a switch',
  unit: 'ns',
  ours: new Sample([60, 50, 1200]),
  anchor: { name: 'await null', figure: new Sample([50, 40, 40]) },
  reach: { timesAnchor: 1.5 },
};

describe('bench, a result', () => {
  it('has the ratio of the medians', () => {
    expect(ratioOf(RESULT)).to.equal(1.5);
  });

  it('reaches its target if it does not exceed it', () => {
    expect(isReached(RESULT)).to.equal(true);
    expect(isReached({ ...RESULT, reach: { timesAnchor: 1.49 } })).to.equal(false);
    expect(isReached({ ...RESULT, reach: { atMost: 60 } })).to.equal(true);
    expect(isReached({ ...RESULT, reach: { atMost: 59 } })).to.equal(false);
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
      '1.50',
      '<= 1.50 x',
      'reached',
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
    ]);
  });
});

async function runBench(...args: string[]): Promise<string> {
  const bin = fileURLToPath(new URL('bin/bench.js', import.meta.resolve('@escapement/bench')));
  return (await promisify(execFile)(process.execPath, [bin, ...args])).stdout;
}
