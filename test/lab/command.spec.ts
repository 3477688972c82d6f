import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Comparison, SCHEMA } from '@escapement/lab';
import { expect } from 'chai';
import { type LabRun, runLab } from './run-lab.js';

const TINY = ['--quick', '--rounds', '1', '--sleep', '20', '--no-baselines'];

describe('escapement-lab', () => {
  const folder = mkdtempSync(join(tmpdir(), 'escapement-lab-'));
  after(() => rmSync(folder, { recursive: true }));

  describe('with wrong usage exits with 2 and one line that says', () => {
    const cases: [string[], RegExp][] = [
      [['--sead', '1'], /unknown option '--sead'.*--seed/],
      [['--seed', 'x'], /'--seed <n>'.*'x'.*whole number/],
      [['--seed', '-1'], /whole number, 0 or more/],
      [['--rounds', '0'], /whole number, 1 or more/],
      [['--sleep', '1', '-5'], /milliseconds above 0|unknown option/],
      [['--sleep', 'long'], /milliseconds above 0/],
      [['stray'], /too many arguments/],
      [['--strategy', 'nap'], /nap.*only atomics-wait, busy-wait, .*set-timeout.*--module/],
      [['--module', './nowhere.js'], /there is no file \/.*nowhere\.js/],
      [['--module', './fixtures/no-strategy.js'], /exports no LoopModule that binds SleepStrategy/],
      [['--module', './fixtures/nap-module.js', './fixtures/nap-module.js'], /two strategies.*'nap'/],
      [['--json', folder], /--json.*existing folder/],
    ];
    let runs: LabRun[];
    before(async () => {
      runs = await Promise.all(cases.map(([args]) => runLab(...args)));
    });

    for (const [index, [args, message]] of cases.entries()) {
      it(`${message} to ${args.join(' ').replace(folder, 'FOLDER')}`, () => {
        const { status, stdout, stderr } = runs[index]!;
        expect(stderr)
          .to.match(/^escapement-lab: .*\n$/)
          .and.match(message);
        expect([status, stdout]).to.deep.equal([2, '']);
      });
    }
  });

  it('shows the stack with --debug', async () => {
    expect((await runLab('--strategy', 'nap', '--debug')).stderr).to.include('    at ');
  });

  it('shows the help and exits with 0', async () => {
    const { status, stdout, stderr } = await runLab('--help');
    expect([status, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.include('--module <path...>');
  });

  it('exits with 1 when a strategy fails, and names it', async () => {
    const { status, stderr } = await runLab(...TINY, '--module', 'fixtures/broken-module.js', '--strategy', 'broken');
    expect(stderr).to.match(/^escapement-lab: broken 20 ms: .*out of order.*\n$/);
    expect(status).to.equal(1);
  });

  describe('run with a module and --json', () => {
    const file = join(folder, 'results.json');
    let run: LabRun;
    let results: Comparison;

    before(async () => {
      run = await runLab(
        ...TINY,
        '--seed',
        '5',
        '--strategy',
        'busy-wait',
        '--module',
        'fixtures/nap-module.js',
        '--json',
        file,
      );
      results = JSON.parse(readFileSync(file, 'utf8'));
    });

    it('succeeds, with plain text and no stray output', () => {
      expect([run.status, run.stderr]).to.deep.equal([0, '']);
      expect(run.stdout).to.include('seed 5, 1 round in').and.not.include('\u001b');
    });

    it('writes what was asked', () => {
      expect(results.schema).to.equal(SCHEMA);
      expect(new Date(results.date).toISOString()).to.equal(results.date);
      expect(results.machine).to.include({ node: process.version }).and.have.all.keys('node', 'cpu', 'cores', 'os');
      expect(results.parameters).to.include({ seed: 5, rounds: 1, timeLimitMs: null });
      expect(results.parameters.durationsMs).to.deep.equal([20]);
    });

    it("writes a row for each strategy that was asked for, the module's too", () => {
      const { rounds, rows } = results.lateness;
      expect(rounds).to.equal(1);
      expect(rows.map(row => [row.name, row.kind, row.waits])).to.deep.equal([
        ['busy-wait', 'strategy', 'spins'],
        ['nap', 'strategy', 'blocks'],
      ]);
      for (const row of rows) {
        expect(row).to.include({ durationMs: 20, samples: 5, early: 0 }).and.have.property('cpuPercent').a('number');
        expect(row.latenessUs).to.have.all.keys('min', 'p50', 'p90', 'p99', 'p99.9', 'max');
        expect(row.latenessUs.p50).to.be.within(row.latenessUs.min, row.latenessUs.max);
        expect(row.latenessUs.p90).to.equal(null);
      }
    });
  });
});
