import { execFile } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseResults, type Results } from '@escapement/lab';
import { csv, markdown } from '@escapement/lab/internal';
import { expect } from 'chai';
import { madeUpResults } from './made-up-results.js';
import { type LabRun, runLab, runLabInto } from './run-lab.js';
import { type RowWith, resultsWith } from './support/rows-with.js';

const ROW: RowWith = { name: 'hybrid', p50: 2.5, p99: 60, cpu: 8.8 };
const STRANGE: RowWith = { ...ROW, name: '=cmd|"a",<b>`x` *y*\n@me' };

describe('csv', () => {
  it('has a line for each row, and the same number of fields in each', () => {
    const results = madeUpResults({ rounds: 6, samples: 30 });
    const [heads, ...lines] = recordsOf(csv(results));
    expect(lines).to.have.length(results.scenarios.flatMap(({ rows }) => rows).length);
    for (const line of lines) expect(line).to.have.length(heads!.length);
  });

  it('has all figures of a row, and nothing for what is not known', () => {
    const results = resultsWith([
      { ...ROW, figures: { 'throughput/s': 1200 } },
      { ...ROW, p99: null, cpu: null },
    ]);
    const [heads, first, second] = recordsOf(csv(results));
    const field = (record: readonly string[], head: string) => record[heads!.indexOf(head)];
    expect(
      ['subject', 'setting', 'unit', 'p50_us', 'p50_low_us', 'p50_high_us', 'p99_us'].map(head => field(first!, head)),
    ).to.deep.equal(['hybrid', '1000', 'Hz', '2.5', '2.4', '2.6', '60']);
    expect(['cpu_percent', 'throughput/s'].map(head => field(first!, head))).to.deep.equal(['8.8', '1200']);
    expect(['p99_us', 'cpu_percent', 'throughput/s', 'failure'].map(head => field(second!, head))).to.deep.equal([
      '',
      '',
      '',
      '',
    ]);
  });

  it('quotes what has a meaning, and disarms formulas', () => {
    const [, row] = recordsOf(csv(resultsWith([STRANGE])));
    expect(row).to.include(`'${STRANGE.name}`);
    expect(row).to.include('@escapement/lab');
  });

  it('is empty but for an end of line if there are no rows', () => {
    expect(csv(resultsWith([]))).to.equal('\r\n');
  });
});

describe('markdown', () => {
  it('has the answer, a table for each setting, and the machine folded', () => {
    const text = markdown(resultsWith([ROW, { ...ROW, name: 'by hand', kind: 'baseline' }, { ...ROW, setting: 100 }]));
    expect(text).to.match(/^### .*\n\n- For 1 kHz ticks here: hybrid, 2\.5 us late/);
    expect(text).to.match(
      /^\| 1000 Hz \| p50 \| 95 % \| .*\n\| --- \| ---: \| --- \| .*\n\| hybrid \| 2\.5 \| ±0\.1 \| .*\n\| _by hand_ \| /m,
    );
    expect(text).to.match(/^\| 100 Hz \| /m);
    expect(text).to.match(/<details><summary>Machine and run<\/summary>\n\n- 2 x Abacus 1, .*\n\n<\/details>\n$/s);
  });

  it('folds the other scenarios', () => {
    const text = markdown(madeUpResults({ rounds: 6, samples: 30 }));
    expect(text).to.match(/<details><summary>Sleeps one after the other \(closed loop\)<\/summary>\n\n/);
    for (const line of text.split('\n').filter(each => each.startsWith('|'))) expect(line).to.match(/ \|$/);
  });

  it('escapes what strangers write, and mentions nobody', () => {
    const text = markdown(resultsWith([STRANGE]));
    expect(text).to.include('| =cmd\\|"a",&lt;b>\\`x\\` \\*y\\* @<!-- -->me |');
  });

  it('says that it is not complete', () => {
    expect(markdown(resultsWith([ROW], { partial: 'interrupted' }))).to.include('**Not complete:** interrupted');
  });
});

describe('parseResults', () => {
  const text = JSON.stringify(madeUpResults({ rounds: 2, samples: 5 }));

  it('takes what the lab writes, and fields of a later lab', () => {
    expect(parseResults(text, 'a.json')).to.deep.equal(JSON.parse(text));
    expect(parseResults(`{"later":1,${text.slice(1)}`, 'a.json')).to.include({ later: 1 });
  });

  const cases: [string, string, RegExp][] = [
    ['an empty file', '', /^a\.json: is empty\. The run that wrote it/],
    ['a part of a file', text.slice(0, 1000), /^a\.json: is no JSON, or only a part of it/],
    ['another JSON', '{"name":"x"}', /^a\.json: is no result of escapement-lab: it has no schema number/],
    ['null', 'null', /it has no schema number/],
    ['an earlier lab', '{"schema":2}', /^a\.json: made by an earlier lab: schema 2, expected 3/],
    ['a later lab', '{"schema":99}', /^a\.json: made by a later lab: schema 99/],
    [
      'a wrong type',
      text.replace('"setting":100,', '"setting":"100",'),
      /scenarios\/0\/rows\/0\/setting must be number/,
    ],
    ['a missing field', text.replace('"p50":', '"p51":'), /us must have required property 'p50'/],
    ['an unknown kind', text.replace('"kind":"strategy"', '"kind":"magic"'), /subject\/kind must be equal to one of/],
  ];
  for (const [what, content, message] of cases) {
    it(`says what is wrong with ${what}`, () => {
      expect(() => parseResults(content, 'a.json')).to.throw(message);
    });
  }
});

describe('results.schema.json', function () {
  this.timeout(60_000);

  it('is what the interfaces of the results say', async () => {
    const script = fileURLToPath(new URL('../../../scripts/results-schema.mjs', import.meta.url));
    await promisify(execFile)(process.execPath, [script, '--check']);
  });

  it('is published', () => {
    const file = fileURLToPath(import.meta.resolve('@escapement/lab/results.schema.json'));
    expect(JSON.parse(readFileSync(file, 'utf8'))).to.include({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
    });
  });
});

describe('escapement-lab show', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'escapement-lab-show-'));
  const path = (name: string) => join(folder, name);
  const results: Results = madeUpResults({ rounds: 6, samples: 30 });

  before(() => {
    writeFileSync(path('saved.json'), JSON.stringify(results));
    writeFileSync(path('old.json'), '{"schema":1}');
    writeFileSync(path('locked.csv'), '');
    chmodSync(path('locked.csv'), 0o444);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('prints a saved file, says that the machine is another, and writes the other forms', async () => {
    const files = ['--csv', path('a.csv'), '--markdown', path('a.md'), '--html', path('a.html')];
    const { status, stdout, stderr } = await runLab('show', path('saved.json'), ...files);
    expect([status, stderr]).to.deep.equal([0, '']);
    expect(stdout)
      .to.include('AMD EPYC 7B13')
      .and.match(/^busy-wait +1\.\d/m)
      .and.match(/^Answer$/m);
    expect(stdout).to.match(/^Measured on another machine than this\s+\(processor: AMD EPYC 7B13 and /m);
    expect(readFileSync(path('a.csv'), 'utf8')).to.equal(csv(results));
    expect(readFileSync(path('a.md'), 'utf8')).to.equal(markdown(results));
    expect(readFileSync(path('a.html'), 'utf8')).to.match(/^<!doctype html>/i);
  });

  it('writes the other files if one cannot be written, and exits with 1', async function () {
    if (process.platform !== 'linux') this.skip();
    const files = ['--markdown', '/dev/full', '--csv', path('b.csv')];
    const { status, stderr } = await runLab('show', path('saved.json'), ...files);
    expect(stderr).to.match(/^escapement-lab: --markdown \/dev\/full: could not be written: ENOSPC.*\n$/);
    expect(status).to.equal(1);
    expect(readFileSync(path('b.csv'), 'utf8')).to.equal(csv(results));
  });

  it('says once that its output is full', async function () {
    if (process.platform !== 'linux') this.skip();
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = await runLabInto(
      full,
      '--rate',
      '1000',
      '--strategy',
      'busy-wait',
      '--no-baselines',
      '--time',
      '2',
    );
    closeSync(full);
    expect(stderr.match(/could not be written: ENOSPC/g)).to.have.lengthOf(1);
    expect(status).to.equal(1);
  });

  it('reads no file without an end', async function () {
    if (process.platform !== 'linux') this.skip();
    const { status, stderr } = await runLab('show', '/dev/zero');
    expect(stderr).to.match(/^escapement-lab: \/dev\/zero: has more than 500 MB\. .*\n$/);
    expect(status).to.equal(2);
  });

  const wrong: [string, () => string[], RegExp][] = [
    ['a file that is not there', () => [path('none.json')], /none\.json: could not be read: ENOENT/],
    ['a file of another version', () => [path('old.json')], /old\.json: made by an earlier lab/],
    [
      'two files to write as one',
      () => [path('saved.json'), path('saved.json'), '--csv', path('c.csv')],
      /--csv: one file/,
    ],
    [
      'one file for two forms',
      () => [path('saved.json'), '--csv', path('c'), '--html', path('c')],
      /--csv .*--html writes/,
    ],
    ['a folder to write', () => [path('saved.json'), '--csv', folder], /--csv .*existing folder/],
    ['no file', () => [], /missing required argument 'file'/],
    ['an unknown option', () => ['--cvs', 'x'], /unknown option '--cvs'.*--csv/],
  ];
  describe('refuses', () => {
    let runs: LabRun[];
    before(async () => {
      runs = await Promise.all(wrong.map(([, args]) => runLab('show', ...args())));
    });

    for (const [index, [what, , message]] of wrong.entries()) {
      it(what, () => {
        const { status, stdout, stderr } = runs[index]!;
        expect(stderr)
          .to.match(/^escapement-lab: .*\n$/)
          .and.match(message);
        expect([status, stdout]).to.deep.equal([2, '']);
      });
    }
  });
});

/** As RFC 4180 has it. */
function recordsOf(text: string): string[][] {
  const records: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    records.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === '\r\n') records.push([]);
  }
  return records.slice(0, -1);
}
