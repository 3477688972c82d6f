import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Results, SCHEMA } from '@escapement/lab';
import { expect } from 'chai';
import { type LabRun, runLab } from './run-lab.js';

/** The same sleep twice is one row. */
const TINY = ['--quick', '--rounds', '1', '--sleep', '20', '20.0', '--no-baselines'];
const MANIFEST = new URL('../package.json', import.meta.resolve('@escapement/lab'));
const VERSION: string = JSON.parse(readFileSync(MANIFEST, 'utf8')).version;

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
      [['stray'], /command stray: there is no such name\. There are .*show/],
      [['shwo', 'a.json'], /command shwo: .*Did you mean show\?/],
      [['--strategy', 'nap'], /--strategy nap: there is no such name.*--module/],
      [['--strategy', 'bussy-wait'], /Did you mean busy-wait\?/],
      [['--scenario', 'metronom'], /Did you mean metronome\?/],
      [['--baseline', 'node settimeout'], /Did you mean Node setTimeout/],
      [['--rate', '0.01'], /expected a rate from 0.1 to 10000 Hz/],
      [['--set', 'metronome'], /as in crowd=10,1000/],
      [['--scenario', 'lateness', '--rate', '5'], /settings for metronome, which --scenario does not name/],
      [['--module', './nowhere.js'], /nowhere\.js: there is no such file/],
      [['--module', './fixtures/no-strategy.js'], /exports no LoopModule that binds SleepStrategy/],
      [['--module', './fixtures/nap-module.js', './fixtures/same-nap-module.js'], /two subjects.*'nap'/],
      [['--json', folder], /--json.*existing folder/],
      [['--json', join(folder, 'none', 'a.json')], /--json.*existing folder/],
      [['--json', join(folder, 'a'), '--csv', join(folder, 'a')], /--csv .*--json writes this file, too/],
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

  it('shows the help and the version, and exits with 0', async () => {
    const [help, version] = await Promise.all([runLab('-h'), runLab('--version')]);
    expect([help.status, help.stderr]).to.deep.equal([0, '']);
    expect(help.stdout)
      .to.include('--module <path...>')
      .and.match(/^ +show /m);
    for (const line of help.stdout.split('\n')) expect(line.length, line).to.be.at.most(80);
    expect(version).to.deep.equal({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
  });

  it('measures the others when a strategy fails, names it, and exits with 1', async () => {
    const file = join(folder, 'failed.json');
    const args = ['--module', 'fixtures/broken-module.js', '--strategy', 'busy-wait', '--json', file];
    const { status, stdout } = await runLab(...TINY, ...args);
    const { partial, scenarios }: Results = JSON.parse(readFileSync(file, 'utf8'));
    expect(partial).to.equal('failed: broken 20 ms');
    expect(scenarios[0]!.rows.map(row => [row.subject.name, row.rounds.length])).to.deep.equal([
      ['busy-wait', 1],
      ['broken', 0],
    ]);
    expect(scenarios[0]!.rows[1]!.failure).to.match(/out of order.*\(at fixtures\/broken-module\.js:\d+:\d+\)/);
    expect(stdout).to.match(/out of order/);
    expect(status).to.equal(1);
  });

  describe('run with a module and --json', () => {
    const file = join(folder, 'results.json');
    let run: LabRun;
    let results: Results;

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
      expect(run.status).to.equal(0);
      // On a busy machine there is time for lines of progress.
      expect(run.stderr).to.match(/^(\d+ %.*\n)*$/);
      expect(run.stdout).to.include('seed 5').and.not.include('\u001b');
    });

    it('writes what was asked', () => {
      expect(results.schema).to.equal(SCHEMA);
      expect(new Date(results.date).toISOString()).to.equal(results.date);
      expect(results.machine).to.include({ node: process.version });
      expect(results.partial).to.equal(null);
      expect(results.parameters).to.deep.equal({ seed: 5, rounds: 1, timeLimitMs: 13_500, untilLateMs: null });
    });

    it("writes a row for each strategy that was asked for, the module's too", () => {
      expect(results.scenarios.map(({ name }) => name)).to.deep.equal(['lateness']);
      const { rows } = results.scenarios[0]!;
      expect(rows.map(({ subject }) => [subject.name, subject.kind, subject.waits])).to.deep.equal([
        ['busy-wait', 'strategy', 'spins'],
        ['nap', 'strategy', 'blocks'],
      ]);
      for (const { setting, rounds, summary } of rows) {
        expect(setting).to.equal(20);
        expect(rounds).to.have.lengthOf(1);
        // A sleep that a busy machine ends late may use up the round.
        const count = rounds[0]!.samplesUs.length;
        expect(count).to.be.within(1, 2);
        expect(summary).to.include({ count, early: 0, missed: 0 });
        expect(summary!.us.p50.value).to.be.within(summary!.us.min, summary!.us.max);
        expect(summary!.us.p99).to.equal(null);
      }
    });
  });
});
