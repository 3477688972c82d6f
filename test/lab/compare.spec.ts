import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Results, SCHEMA } from '@escapement/lab';
import {
  type ComparisonOfResults,
  coloursFor,
  compareResults,
  comparisonText,
  machineDifferences,
  readResults,
} from '@escapement/lab/internal';
import { expect } from 'chai';
import { runLab, startLab } from './run-lab.js';
import { MACHINE } from './support/made-up-machine.js';
import { type MadeUpRow, madeUpResults, runsAbout } from './support/made-up-results.js';

const PLAIN = coloursFor({}, {});

describe('compareResults', () => {
  it('judges each row by the medians of its runs', () => {
    const { verdict, rows, confidence } = compareResults(runsAbout(60), runsAbout(78));
    expect(verdict).to.equal('slower');
    expect(confidence).to.be.closeTo(0.95, 1e-12);
    expect(rows).to.have.length(1);
    const [row] = rows;
    expect(row).to.include({
      scenario: 'metronome',
      label: '1000 Hz',
      subject: 'hybrid',
      verdict: 'slower',
      because: null,
    });
    expect(row!.a.runs).to.have.length(5);
    expect(row!.a.us).to.be.closeTo(60, 0.1);
    expect(row!.change!.ratio).to.be.closeTo(1.3, 1e-9);
    expect(row!.change!.differenceUs).to.be.closeTo(18, 0.1);
  });

  it('needs more certainty with more rows', () => {
    const many = (us: number) =>
      Array.from({ length: 5 }, (_, run) =>
        madeUpResults(Array.from({ length: 10 }, (_, n) => ({ median: us * (1 + run / 100), setting: 100 * (n + 1) }))),
      );
    expect(compareResults(many(60), many(60)).confidence).to.be.closeTo(0.995, 1e-12);
  });

  it('cannot tell with fewer than five runs, and says why', () => {
    const { verdict, rows } = compareResults(runsAbout(60, 5), runsAbout(78, 1));
    expect([verdict, rows[0]!.verdict]).to.deep.equal(['cannot tell', 'cannot tell']);
    expect(rows[0]!.because).to.equal('B has 1 of the 5 runs that a verdict needs');
    expect(rows[0]!.change!.ratio).to.be.closeTo(1.3, 0.01);
    expect(rows[0]!.change!.interval).to.equal(null);
  });

  it('cannot tell of a subject that failed, and says why', () => {
    const { rows } = compareResults(runsAbout(60), [...runsAbout(60, 4), madeUpResults([{ median: null }])]);
    expect(rows[0]).to.include({ verdict: 'cannot tell', because: 'B failed in 1 of 5 runs: its process ended' });
    const [row] = compareResults(runsAbout(60), [madeUpResults([{ median: null }])]).rows;
    expect([row!.change, row!.b.us]).to.deep.equal([null, null]);
  });

  it('is slower if any row is, else cannot tell if any cannot be told, else faster', () => {
    const sides = (medians: readonly (number | null)[]) =>
      Array.from({ length: 5 }, (_, run) =>
        madeUpResults(
          medians.map((median, n): MadeUpRow => ({ median: median && median * (1 + run / 100), setting: n + 1 })),
        ),
      );
    const verdictOf = (...medians: (number | null)[]) =>
      compareResults(sides(medians.map(() => 60)), sides(medians)).verdict;
    expect(verdictOf(60, 40, null, 90)).to.equal('slower');
    expect(verdictOf(60, 40, null)).to.equal('cannot tell');
    expect(verdictOf(60, 40)).to.equal('faster');
    expect(verdictOf(60, 61)).to.equal('no difference');
  });

  it('matches the one strategy that has another name on the other side, beside the same baselines', () => {
    const side = (subject: string) =>
      Array.from({ length: 5 }, () =>
        madeUpResults([
          { median: 60, subject },
          { median: 90, subject: 'setTimeout' },
        ]),
      );
    const { rows, renamed, onlyA, onlyB } = compareResults(side('old'), side('new'));
    expect(rows.map(row => [row.subject, row.subjectOfB])).to.deep.equal([
      ['old', 'new'],
      ['setTimeout', 'setTimeout'],
    ]);
    expect([renamed, onlyA, onlyB]).to.deep.equal([[['old', 'new']], [], []]);
  });

  it('tells rows that only one side has, and matches more names if told so', () => {
    const side = (...subjects: string[]) => [madeUpResults(subjects.map(subject => ({ median: 60, subject })))];
    const { rows, onlyA, onlyB } = compareResults(side('a', 'b', 'both'), side('both', 'c', 'd'));
    expect(rows.map(({ subject }) => subject)).to.deep.equal(['both']);
    expect(onlyA).to.deep.equal(['metronome 1000 Hz a', 'metronome 1000 Hz b']);
    expect(onlyB).to.deep.equal(['metronome 1000 Hz c', 'metronome 1000 Hz d']);
    const as = new Map([
      ['a', 'd'],
      ['b', 'c'],
    ]);
    expect(compareResults(side('a', 'b'), side('c', 'd'), { as }).rows.map(row => row.subjectOfB)).to.deep.equal([
      'd',
      'c',
    ]);
    expect(() => compareResults(side('a'), side('b'), { as: new Map([['x', 'b']]) })).to.throw(
      "A has no subject 'x', only a",
    );
  });

  it('refuses a side without results', () => {
    expect(() => compareResults(runsAbout(60), [])).to.throw('B has no results');
  });

  it('refuses sides without a common row', () => {
    const other = [madeUpResults([{ median: 60, setting: 5 }])];
    expect(() => compareResults(runsAbout(60), other)).to.throw("A has 'metronome 1000 Hz hybrid'");
  });

  it('says if processor time changed, which is no part of the verdict', () => {
    const { verdict, rows } = compareResults(runsAbout(60), runsAbout(60, 5, { cpuUs: 200 }));
    expect(verdict).to.equal('no difference');
    expect(rows[0]!.cpu!.ratio).to.be.closeTo(2, 1e-9);
  });

  it('counts partial runs', () => {
    const partial = runsAbout(60).map((results): Results => ({ ...results, partial: 'interrupted' }));
    expect(compareResults(partial, runsAbout(60)).a).to.include({ runs: 5, partial: 5 });
  });

  describe('of runs that did not take turns', () => {
    /** `'AABB'`: two runs of A, then two of B. */
    const inOrder = (order: string, us = { A: 60, B: 78 }) => {
      const side = (wanted: 'A' | 'B') => {
        const minutes = [...order].flatMap((each, minute) => (each === wanted ? minute : []));
        const runs = runsAbout(us[wanted], minutes.length);
        return runs.map((run, n): Results => ({ ...run, date: new Date(60_000 * minutes[n]!).toISOString() }));
      };
      return [side('A'), side('B')] as const;
    };

    it('tells of no row, neither that it is slower nor that it is the same', () => {
      for (const us of [
        { A: 60, B: 78 },
        { A: 78, B: 60 },
        { A: 60, B: 60 },
      ]) {
        const { verdict, interleaved, rows } = compareResults(...inOrder('AAAAABBBBB', us));
        expect([verdict, interleaved]).to.deep.equal(['cannot tell', false]);
        expect(rows[0]!.because).to.match(/^the runs of A and B did not take turns/);
        expect(rows[0]!.change!.ratio).to.be.closeTo(us.B / us.A, 0.01);
      }
    });

    it('judges if told so', () => {
      const { verdict, interleaved } = compareResults(...inOrder('AAAAABBBBB'), { notInterleaved: true });
      expect([verdict, interleaved]).to.deep.equal(['slower', false]);
    });

    for (const [order, interleaved] of [
      ['ABBAABBAAB', true],
      ['ABABABABAB', true],
      ['AABBABBABA', true],
      ['ABBAAB', true],
      ['ABB', true],
      ['BBBBBAAAAA', false],
      ['AAAAABABBBBB', false],
      ['AAABBBBBBAAA', true],
      ['AAAABBBBAAAABBBB', true],
      ['AAAABBBBBA', false],
      ['AABB', false],
    ] as const) {
      it(`takes ${order} for ${interleaved ? 'turns' : 'no turns'}`, () => {
        expect(compareResults(...inOrder(order)).interleaved).to.equal(interleaved);
      });
    }

    it('takes runs of the same moment for turns', () => {
      expect(compareResults(runsAbout(60), runsAbout(60)).interleaved).to.equal(true);
    });

    it('says what to do', () => {
      const [a, b] = inOrder('AAAAABBBBB');
      const text = (comparison: ComparisonOfResults) =>
        comparisonText(comparison, { width: 80, colours: PLAIN }).replaceAll('\n', ' ');
      expect(text(compareResults(a, b)))
        .to.include('No row can be told: the runs of A and B did not take turns, so')
        .and.match(/It cannot be told for 1 of 1 row\. Give both sides as command lines.*--not-interleaved/);
      expect(text(compareResults(a, b, { notInterleaved: true })))
        .to.include('The runs of A and B did not take turns: a change')
        .and.match(/B is slower in 1 of 1 row/);
    });
  });
});

describe('machineDifferences', () => {
  it('names what figures depend on, and not what changes from run to run', () => {
    const differences = machineDifferences(MACHINE, {
      ...MACHINE,
      cores: 8,
      node: 'v22.1.0',
      load: 7,
      clockNs: 300,
      governor: null,
    });
    expect(differences).to.deep.equal(['cores: 2 and 8', 'major version of Node: v20 and v22']);
    expect(machineDifferences(MACHINE, { ...MACHINE, node: 'v20.99.1' })).to.deep.equal([]);
  });
});

describe('comparisonText', () => {
  const results = (factor: number) =>
    Array.from({ length: 5 }, (_, run) => {
      const scatter = factor * (1 + run / 100);
      return madeUpResults([
        { median: 60 * scatter },
        { median: 1160, subject: 'timers/promises setTimeout' },
        { median: null, subject: 'a strategy whose alias is much too long', scenario: 'lateness' },
      ]);
    });
  const comparison = compareResults(results(1), results(1.3));

  for (const width of [80, 40]) {
    it(`fits ${width} columns`, () => {
      const lines = comparisonText(comparison, { width: width, colours: PLAIN }).split('\n');
      const long = lines.filter(line => line.trimEnd().length > width);
      expect(long).to.deep.equal([]);
    });
  }

  it('shows verdict, figures, ratio and interval of a row, and a conclusion', () => {
    const text = comparisonText(comparison, { width: 80, colours: PLAIN });
    expect(text).to.match(/hybrid +slower +61\.2 +79\.[56] +x 1\.30 +1\.\d\d-1\.\d\d/);
    expect(text).to.match(/timers\/promises setTimeout +no difference +1,160\.0 +1,160\.0 +x 1\.00/);
    expect(text.split('\n\n').at(-1)!.replaceAll('\n', ' ')).to.equal(
      'B is slower in 1 of 3 rows: metronome 1000 Hz hybrid (x 1.30). It cannot be told for 1 of 3 rows. A verdict needs at least 5 runs a side without failure.',
    );
  });

  it('says if the machine disturbed many rounds, and shows nothing that a terminal would obey', () => {
    const [calm, hit] = [
      runsAbout(60, 5, { subject: '\u001b[2Jevil' }),
      runsAbout(60, 5, { subject: '\u001b[2Jevil' }),
    ];
    const disturbed = { ...compareResults(calm, hit) };
    const text = comparisonText({ ...disturbed, b: { ...disturbed.b, roundsHit: 0.4 } }, { width: 80, colours: PLAIN });
    expect(text.replaceAll('\n', ' ')).to.include("in 0 % of A's rounds and 40 % of B's");
    expect(text).to.not.include('\u001b');
    expect(text).to.match(/^evil /m);
  });

  it('breaks lines between words', () => {
    const text = comparisonText(compareResults(runsAbout(60), runsAbout(60)), { width: 40, colours: PLAIN });
    expect(text).to.include('\n\nNo row is slower or faster.');
  });
});

describe('escapement-lab compare', () => {
  const folder = mkdtempSync(join(tmpdir(), 'escapement-compare-'));
  after(() => rmSync(folder, { recursive: true }));

  const lab = (options = '') => `node fixtures/fake-lab.js ${options}`;
  const write = (name: string, content: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const folderOf = (name: string, results: readonly Results[]): string => {
    mkdirSync(join(folder, name));
    for (const [n, each] of results.entries()) write(join(name, `${n}.json`), each);
    return join(folder, name);
  };

  it('finds a planted slowdown and no change, with exit codes 1 and 0', async () => {
    const json = join(folder, 'comparison.json');
    const [slower, same] = await Promise.all([
      runLab('compare', lab('--seed 1'), lab('--seed 2 --median 78'), '--json', json),
      runLab('compare', lab('--seed 3'), lab('--seed 4')),
    ]);
    expect([slower.status, slower.stdout]).to.match(
      /B is slower in 1 of 1 row: metronome 1000 Hz hybrid \(x 1\.\d\d\)/,
    );
    expect([slower.status, same.status]).to.deep.equal([1, 0]);
    const written: ComparisonOfResults = JSON.parse(readFileSync(json, 'utf8'));
    expect(written).to.include({ schema: 'comparison 1', verdict: 'slower', interleaved: true });
  });

  it('exits with 3 if it cannot tell', async () => {
    const loud = (name: string) =>
      folderOf(
        name,
        [30, 60, 50, 90, 45].map(median => madeUpResults([{ median }])),
      );
    const { status, stdout } = await runLab('compare', loud('loud-a'), loud('loud-b'));
    expect(stdout.replaceAll('\n', ' ')).to.include('It cannot be told for 1 of 1 row. Take more runs (--runs)');
    expect(status).to.equal(3);
  });

  it('runs the sides in the order A B B A, and keeps the results if told so', async () => {
    const [log, keep] = [join(folder, 'log'), join(folder, 'kept')];
    const { status } = await runLab(
      'compare',
      lab(`--log ${log}`),
      lab(`--seed 2 --log ${log}`),
      '--runs',
      '6',
      '--keep',
      keep,
    );
    expect(status).to.equal(0);
    const order = readFileSync(log, 'utf8').trim().split('\n');
    expect(order.map(line => line.split(' ')[0]).join('')).to.equal('122112211221');
    expect(readdirSync(join(keep, 'a'))).to.deep.equal([1, 2, 3, 4, 5, 6].map(n => `00${n}.json`));
    const again = await runLab('compare', join(keep, 'a'), join(keep, 'b'));
    expect([again.status, again.stderr]).to.deep.equal([0, '']);
    const once = await runLab('compare', lab(), lab('--seed 2'), '--keep', keep);
    expect([once.status, once.stderr]).to.match(/^2,escapement-lab: --keep .*holds results already/);
  });

  it('reads files and folders, and measures the other side if it is a command', async () => {
    const old = folderOf('old', runsAbout(60, 6));
    const { status, stdout } = await runLab('compare', old, lab('--median 90'), '--not-interleaved');
    expect(status).to.equal(1);
    expect(stdout.replaceAll('\n', ' ')).to.include('The runs of A and B did not take turns');
    const [file] = [write('one.json', runsAbout(60)[0])];
    expect((await runLab('compare', old, file)).stdout.replaceAll('\n', ' ')).to.include('B has 1 of the 5 runs');
  });

  it('cannot tell of folders that were measured one after the other, and measures nothing beside an old one', async () => {
    const dated = (name: string, date: string) =>
      folderOf(
        name,
        runsAbout(60).map(each => ({ ...each, date })),
      );
    const [monday, tuesday] = [dated('monday', '2026-11-23T12:00Z'), dated('tuesday', '2026-11-24T12:00Z')];
    const { status, stdout } = await runLab('compare', monday, tuesday);
    expect([status, stdout.replaceAll('\n', ' ')]).to.match(/^3,.*did not take turns/);
    for (const [sides, words] of [
      [[monday, lab()], 'the runs of A are there already, so those of B'],
      [[lab(), monday], 'the runs of B are there already, so those of A'],
    ] as const) {
      const refused = await runLab('compare', ...sides);
      expect([refused.status, refused.stdout]).to.deep.equal([2, '']);
      expect(refused.stderr).to.include(words);
    }
  });

  it('takes options of this lab that begin with a dash', async () => {
    const { status, stderr } = await runLab('compare', '--strategy nowhere', '--strategy neither');
    expect(status).to.equal(2);
    expect(stderr).to.match(
      /^escapement-lab: A \(--strategy nowhere\): failed .*--strategy nowhere: there is no such name/,
    );
    expect(stderr).to.not.include(process.execPath);
  });

  it('compares unlike machines only if told so', async () => {
    const [a, b] = [lab('--cores 2'), lab('--cores 8')];
    const refused = await runLab('compare', a, b);
    expect([refused.status, refused.stderr]).to.match(/^2,escapement-lab: not the same machine: cores: 2 and 8\. /);
    const told = await runLab('compare', a, b, '--unlike-machines');
    expect(told.status).to.equal(0);
    expect(told.stdout).to.include('This compares machines.');
  });

  it('uses a lab of which one subject failed', async () => {
    const some = lab('--subject hybrid --subject nap --median 60 --median null');
    const { status, stdout } = await runLab('compare', some, lab('--subject hybrid --subject nap'));
    expect(status).to.equal(3);
    expect(stdout.replaceAll('\n', ' ')).to.include(
      'metronome 1000 Hz nap: A failed in 5 of 5 runs: its process ended.',
    );
  });

  it('ends the running command on Ctrl-C, compares what there is, and keeps it', async function () {
    if (process.platform === 'win32') this.skip();
    const [log, keep] = [join(folder, 'hang-log'), join(folder, 'interrupted')];
    const child = startLab(
      'compare',
      lab(`--hang 3 --log ${log}`),
      lab(`--seed 2 --hang 3 --log ${log}`),
      '--keep',
      keep,
    );
    const hanging = await child.until(() => readLog(log).find(line => line.split(' ')[1] === '3'));
    child.interrupt();
    const { status, stdout } = await child.ended;
    expect(status).to.equal(130);
    expect(stdout.replaceAll('\n', ' ')).to.include('2 of the 5 runs');
    const pid = Number(hanging.split(' ')[2]);
    expect(() => process.kill(pid, 0)).to.throw('ESRCH');
    expect(readdirSync(join(keep, 'b')).length + readdirSync(join(keep, 'a')).length).to.equal(5);
  });

  it('shows the comparison, but exits with 2 and not 1, if --json cannot be written', async function () {
    if (process.platform !== 'linux') this.skip();
    const sides = [folderOf('first', runsAbout(60)), folderOf('second', runsAbout(78))];
    const { status, stdout, stderr } = await runLab('compare', ...sides, '--json', '/dev/full');
    expect(stderr).to.match(/^escapement-lab: --json \/dev\/full: could not be written: .*no space left.*\n$/);
    expect(stdout).to.include('B is slower');
    expect(status).to.equal(2);
  });

  describe('with wrong usage exits with 2 and one line that says', () => {
    const good = write('good.json', runsAbout(60)[0]);
    const cases: [string[], RegExp][] = [
      [['a.json', good], /a\.json: there is no such file or folder/],
      [[good, good], /A and B are the same/],
      [[good, write('text.json', 'hello')], /text\.json: is no JSON/],
      [[lab(), lab('--fail 4')], /failed with exit code 4: fake-lab: out of luck/],
      [
        [lab('--median null'), lab('--median null')],
        /nothing was measured on either side: A failed in 1 of 1 runs: its/,
      ],
      [[lab(), lab('--silent')], /wrote no results\. Expected a command that takes --json FILE/],
      [[lab(), 'no-such-command --quick'], /failed with exit code 127: .*not found/],
      [[lab(), lab(), '--json', folder], /--json.*existing folder/],
      [[lab(), lab(), '--keep', good], /--keep .*good\.json: .*Name a folder that can be written to/],
      [[good, folderOf('six', runsAbout(60, 6)), '--keep', folder], /there is nothing to keep/],
      [[lab(), lab(), '--runs', '4'], /whole number, 5 or more/],
      [[lab(), lab(), '--rnus', '9'], /unknown option '--rnus'/],
      [[lab(), lab(), '--as', 'x=y'], /--as: A has no subject 'x', only hybrid/],
    ];

    for (const [args, message] of cases) {
      it(`${message} to ${args.join(' ').replaceAll(folder, 'FOLDER')}`, async () => {
        const { status, stdout, stderr } = await runLab('compare', ...args);
        expect(stderr)
          .to.match(/^escapement-lab: .*\n$/)
          .and.match(message);
        expect([status, stdout]).to.deep.equal([2, '']);
      });
    }
  });
});

describe('readResults', () => {
  const folder = mkdtempSync(join(tmpdir(), 'escapement-results-'));
  after(() => rmSync(folder, { recursive: true }));
  const [good] = runsAbout(60);

  it('reads a file, or all of a folder in the order of their names', () => {
    for (const name of ['2.json', '1.json', 'notes.txt'])
      writeFileSync(join(folder, name), JSON.stringify({ ...good, lab: name }));
    expect(readResults(join(folder, '2.json')).map(({ lab }) => lab)).to.deep.equal(['2.json']);
    expect(readResults(folder).map(({ lab }) => lab)).to.deep.equal(['1.json', '2.json']);
  });

  it('says that a folder holds none', () => {
    mkdirSync(join(folder, 'empty'));
    expect(() => readResults(join(folder, 'empty'))).to.throw('there is no .json file in this folder');
  });

  it('refuses results without a row, and what are no results', () => {
    const path = join(folder, 'x.json');
    writeFileSync(path, JSON.stringify({ ...good, scenarios: [] }));
    expect(() => readResults(path)).to.throw('x.json: has no rows: nothing was measured');
    writeFileSync(path, JSON.stringify({ ...good, schema: SCHEMA - 1 }));
    expect(() => readResults(path)).to.throw('x.json: made by an earlier lab');
  });
});

function readLog(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}
