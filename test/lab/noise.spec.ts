import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  coloursFor,
  confidenceOfEach,
  FLOORS,
  judge,
  leastChange,
  type Noise,
  noiseOf,
  noiseText,
  type Random,
  seededRandom,
} from '@escapement/lab/internal';
import { expect } from 'chai';
import { runLab } from './run-lab.js';
import { MACHINE } from './support/made-up-machine.js';
import { madeUpResults, runsAbout } from './support/made-up-results.js';
import { normal } from './support/made-up-rounds.js';
import { shareInterval } from './support/share-interval.js';

describe('leastChange', () => {
  const scenes = [
    { deviation: 0.02, us: 60, runs: 5, rows: 1 },
    { deviation: 0.08, us: 60, runs: 5, rows: 4 },
    { deviation: 0.2, us: 60, runs: 10, rows: 12 },
    { deviation: 0.05, us: 6, runs: 5, rows: 1 },
  ];
  for (const { deviation, us, runs, rows } of scenes) {
    it(`is found in about nine cases of ten: ${us} us ± ${100 * deviation} %, ${runs} runs a side, ${rows} rows`, () => {
      const confidence = confidenceOfEach(rows);
      const factor = leastChange(deviation, us, runs, confidence, FLOORS);
      const random = seededRandom(41);
      let found = 0;
      for (let n = 0; n < 1000; n++) {
        const [base, values] = [madeUp(random, us, deviation, runs), madeUp(random, us * factor, deviation, runs)];
        if (judge(values, base, confidence).verdict === 'slower') found++;
      }
      expect(found / 1000).to.be.within(0.85, 0.95);
    });
  }
});

describe('shareInterval', () => {
  it('agrees with the published examples of Wilson intervals', () => {
    // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    const table: [number, number, number, number][] = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ];
    for (const [happened, trials, low, high] of table) {
      const interval = shareInterval(happened, trials);
      expect(interval[0]).to.be.closeTo(low, 5e-5);
      expect(interval[1]).to.be.closeTo(high, 5e-5);
    }
  });
});

describe('noiseOf', () => {
  const runs = (deviation: number, count: number) => {
    const random = seededRandom(43);
    return Array.from({ length: count }, () =>
      madeUpResults([
        { median: 60 * Math.exp(deviation * normal(random)) },
        { median: 0.3 * Math.exp(deviation * normal(random)), subject: 'busy-wait' },
      ]),
    );
  };

  it('says for each row how much runs scatter and what can be found', () => {
    const { rows, falseAlarms } = noiseOf('made up', runs(0.05, 40));
    expect(rows.map(({ subject }) => subject)).to.deep.equal(['hybrid', 'busy-wait']);
    const [hybrid, spin] = rows;
    expect(hybrid!.deviation).to.be.within(0.035, 0.065);
    expect(hybrid!.leastChange[5]).to.be.within(1.12, 1.25);
    expect(hybrid!.leastChange[20]).to.be.below(hybrid!.leastChange[5]!);
    // The floor of 2 us.
    expect(spin!.leastChange[20]).to.be.above(7);
    expect(falseAlarms!.alarms / falseAlarms!.comparisons).to.be.below(0.05);
  });

  it('finds alarms where halves of the runs do differ', () => {
    const [steady, shifted] = [runsAbout(60, 9), runsAbout(120, 9)];
    const { comparisons, alarms } = noiseOf('shifted', [...steady, ...shifted]).falseAlarms!;
    expect(alarms / comparisons).to.be.within(0.005, 0.2);
  });

  it('knows no false alarms with fewer than ten runs', () => {
    expect(noiseOf('few', runs(0.05, 9)).falseAlarms).to.equal(null);
  });

  it('leaves out runs of a row that failed', () => {
    const results = [...runsAbout(60, 10), madeUpResults([{ median: null }])];
    const { rows, falseAlarms } = noiseOf('one failed', results);
    expect(rows[0]!.medians).to.have.length(10);
    expect(falseAlarms!.alarms).to.equal(0);
  });

  for (const width of [80, 40]) {
    it(`fits ${width} columns`, () => {
      const text = noiseText(noiseOf('loud', runs(0.4, 12)), { width, colours: coloursFor({}, {}) });
      expect(text.split('\n').filter(line => line.trimEnd().length > width)).to.deep.equal([]);
      expect(text).to.match(/hybrid/);
      expect(text.replaceAll('\n', ' ')).to.include('To find less: longer runs');
    });
  }
});

describe('escapement-lab noise', () => {
  const folder = mkdtempSync(join(tmpdir(), 'escapement-noise-'));
  after(() => rmSync(folder, { recursive: true }));
  const lab = (options = '') => `node fixtures/fake-lab.js ${options}`;

  it('runs a command, shows the scatter, and keeps the runs', async () => {
    const [keep, json] = [join(folder, 'kept'), join(folder, 'noise.json')];
    const { status, stdout } = await runLab('noise', lab('--scatter 0.05'), '--keep', keep, '--json', json);
    expect(status).to.equal(0);
    expect(stdout).to.match(/hybrid +\d+\.\d +\d\.\d % +x 1\.\d\d +x 1\.\d\d +x 1\.\d\d/);
    expect(stdout.replaceAll('\n', ' ')).to.match(/False alarms: \d+ in 1000 comparisons/);
    expect(readdirSync(keep)).to.have.length(10);
    const noise: Noise = JSON.parse(readFileSync(json, 'utf8'));
    expect([noise.schema, noise.runs, noise.rows[0]!.medians.length]).to.deep.equal(['noise 1', 10, 10]);
    const again = await runLab('noise', keep);
    expect([again.status, again.stdout]).to.deep.equal([0, stdout]);
  });

  describe('with wrong usage exits with 2 and one line that says', () => {
    const write = (name: string, content: unknown): string => {
      writeFileSync(join(folder, name), JSON.stringify(content));
      return join(folder, name);
    };
    const [two, failed] = [join(folder, 'two'), join(folder, 'failed')];
    mkdirSync(two);
    mkdirSync(failed);
    const one = write('one.json', runsAbout(60)[0]);
    write('two/1.json', runsAbout(60)[0]);
    write('two/2.json', madeUpResults([{ median: 60 }], { machine: { ...MACHINE, cores: 8 } }));
    for (const n of [1, 2]) write(`failed/${n}.json`, madeUpResults([{ median: null }]));
    const cases: [string[], RegExp][] = [
      [[one], /a single run shows no noise/],
      [[two], /not all on the same machine: cores: 2 and 8/],
      [[failed], /no row has a figure of two runs: all failed/],
      [[lab(), '--runz', '5'], /unknown option '--runz'/],
      [[lab(), '--json', folder], /--json .*existing folder/],
    ];

    for (const [args, message] of cases) {
      it(`${message} to ${args.join(' ').replaceAll(folder, 'FOLDER')}`, async () => {
        const { status, stdout, stderr } = await runLab('noise', ...args);
        expect(stderr)
          .to.match(/^escapement-lab: .*\n$/)
          .and.match(message);
        expect([status, stdout]).to.deep.equal([2, '']);
      });
    }
  });
});

function madeUp(random: Random, us: number, deviation: number, count: number): number[] {
  return Array.from({ length: count }, () => us * Math.exp(deviation * normal(random)));
}
