import { stripVTControlCharacters } from 'node:util';
import type { Results } from '@escapement/lab';
import { cleaned, coloursFor, header, progressView, report, type Terminal, terminalOf } from '@escapement/lab/internal';
import { expect } from 'chai';
import stringWidth from 'string-width';
import { madeUpResults } from './made-up-results.js';
import { QUIET_MACHINE, type RowWith, resultsWith } from './support/rows-with.js';

const PLAIN = coloursFor({}, {});
const COLOURED = coloursFor({}, { FORCE_COLOR: '1' });
const ROW: RowWith = { name: 'hybrid', p50: 2.5, p99: 60, cpu: 8.8 };

describe('report', () => {
  const whole = madeUpResults({ rounds: 6, samples: 60 });

  for (const width of [20, 40, 80, 120, 200]) {
    it(`fits a terminal of ${width} columns`, () => {
      const text = `${header(whole, at(width))}\n${report(whole, at(width))}`;
      for (const line of text.split('\n')) expect(stringWidth(line), line).to.be.at.most(width);
    });
  }

  it('leaves out the columns that matter least', () => {
    expect(headsAt(28, [ROW])).to.deep.equal(['1000 Hz', 'p50', 'p99', 'CPU %']);
    expect(headsAt(40, [{ ...ROW, name: 'a strategy with a long name' }])).to.deep.equal([
      '1000 Hz',
      'p50',
      'p99',
      'CPU %',
    ]);
    expect(headsAt(80, [ROW])).to.include.members(['p90', 'p99', 'max', 'CPU us', 'cold']);
    expect(headsAt(120, [ROW])).to.include.members(['samples']);
  });

  it('shows early and missed only if there are any, even on a narrow terminal', () => {
    expect(headsAt(120, [ROW])).to.not.include.members(['early', 'missed']);
    expect(headsAt(60, [ROW, { ...ROW, name: 'b', early: 2, missed: 7 }])).to.include.members(['early', 'missed']);
  });

  it('shows the median with its interval, and a dash for what cannot be told', () => {
    expect(lineOf('hybrid', [{ ...ROW, reach: 0.3, p99: null, cpu: null }])).to.match(/^hybrid +2\.5 ±0\.3 +5\.0 /);
    expect(
      lineOf('hybrid', [
        { ...ROW, p99: null },
        { ...ROW, name: 'other' },
      ]),
    ).to.match(/ 5\.0 +- .* 10\.0 /);
  });

  it('sorts by the median: strategies, then what they are compared with', () => {
    const rows: RowWith[] = [
      { ...ROW, name: 'spin by hand', p50: 0.1, kind: 'baseline' },
      { ...ROW, name: 'slow', p50: 900 },
      { ...ROW, name: 'fast', p50: 1 },
      { ...ROW, name: 'C nanosleep', p50: 50, kind: 'outside' },
    ];
    expect(tableLines(rows).map(line => line.split(/ {2,}/)[0])).to.deep.equal([
      'fast',
      'slow',
      'without a loop, to compare:',
      'spin by hand',
      'C nanosleep',
    ]);
  });

  it("shows the scenario's own figures, in further tables if they are too many", () => {
    const names = ['deadlines missed', 'fairness', 'interactive p99 us', 'batch p99 us', 'throughput/s'];
    const figures = Object.fromEntries(names.map((name, n) => [name, n + 0.25]));
    const text = report(resultsWith([{ ...ROW, kind: 'policy', figures }], { scenario: 'policies' }), at(60));
    for (const name of names) expect(text).to.include(name);
    expect(text.match(/^80 %/gm)!.length).to.be.above(1);
    for (const line of text.split('\n')) expect(line.length).to.be.at.most(60);
  });

  it('marks what the machine held up, and says once how', () => {
    const rows = [ROW, { ...ROW, name: 'some', hit: 0.2 }, { ...ROW, name: 'many', hit: 0.7 }];
    expect(lineOf('hybrid', rows)).to.not.match(/!$/);
    expect(lineOf('some', rows)).to.match(/[^!] !$/);
    expect(lineOf('many', rows)).to.match(/ !!$/);
    expect(report(resultsWith(rows), at(200))).to.match(
      /^! the machine held .* 24\.0 ms ready without a core, 60 involuntary switches, 20 ms of steal by the hypervisor\.$/m,
    );
    expect(report(resultsWith([ROW]), at(80))).to.not.include('!');
  });

  it('tells what failed or was left out after the tables, each reason once', () => {
    const gone: readonly Partial<Results['scenarios'][0]['rows'][0]>[] = [
      { failure: 'hybrid 1000 Hz: out of order' },
      { failure: 'left out', summary: null, rounds: [] },
      { failure: 'left out', summary: null, rounds: [] },
    ];
    const { scenarios, ...rest } = resultsWith([ROW, { ...ROW, name: 'a' }, { ...ROW, name: 'b' }]);
    const rows = scenarios[0]!.rows.map((row, n) => ({ ...row, ...gone[n] }));
    const text = report(
      { ...rest, partial: 'failed: hybrid 1000 Hz', scenarios: [{ ...scenarios[0]!, rows }] },
      at(80),
    );
    expect(text).to.match(/^hybrid at 1000 Hz: hybrid 1000 Hz: out of order$/m);
    expect(text).to.match(/^a, b at 1000 Hz: left out$/m);
    expect(text).to.match(/^Not complete: failed: hybrid 1000 Hz$/m);
  });

  it('repeats what strategies say, once for settings at which they say the same', () => {
    const said = { ...ROW, report: ['naps well', 'no goal is missed'] };
    const text = report(resultsWith([said, { ...said, setting: 100 }, { ...said, name: 'b', report: [] }]), at(80));
    expect(text).to.match(
      /^What the strategies say\nhybrid, 1000 Hz, 100 Hz:\n {2}naps well\n {2}no goal is missed\n\n/m,
    );
  });

  it('compares each row with the first of its table, round by round, where there is room', () => {
    const text = report(madeUpResults({ seed: 3 }), at(200));
    const [first, second] = text.slice(text.indexOf('1000 Hz')).split('\n').slice(2);
    expect(text).to.include('x first');
    expect(first).to.not.match(/\d \([\d.]+-[\d.]+\)/);
    expect(second).to.match(/ \d+\.\d \([\d.]+-[\d.]+\)/);
  });

  it('says where to read what strategies say, if that is long', () => {
    const rows = Array.from({ length: 9 }, (_, n) => ({ ...ROW, setting: 100 + n, report: [`naps ${n}`] }));
    const text = report(resultsWith(rows), at(80));
    expect(text).to.match(/^What the strategies say\n18 lines: they are in the JSON and in the HTML report/m);
    expect(text).to.not.include('naps 3');
  });

  it('tells why each row was late in a line, and the story of the latest tick of all', () => {
    const results = madeUpResults({ seed: 3, why: true });
    const text = report(results, at(120));
    const explained = results.scenarios[0]!.rows.filter(({ why }) => why !== undefined);
    const lines = text.split('\n').filter(line => / latest of 400: .*strategy \d+ %/.test(line));
    expect(lines).to.have.length(explained.length).and.length.above(3);
    const latest = Math.max(...explained.map(({ why }) => why!.late[0]!.lateUs));
    expect(text.match(/ woke .* late\.$/gm)).to.deep.equal([` woke ${(latest / 1000).toFixed(2)} ms late.`]);
  });

  it('ends with the answer', () => {
    expect(report(resultsWith([ROW]), at(80))).to.match(
      /\n\nAnswer\nFor 1 kHz ticks here: hybrid, 2\.5 us late, 8\.8 % CPU\.$/,
    );
  });

  it('colours by magnitude, and says the same without colours', () => {
    const results = resultsWith([ROW, { ...ROW, name: 'b', p50: 5000, hit: 1 }]);
    const coloured = report(results, { width: 80, colours: COLOURED });
    expect(coloured).to.include('\u001b[32m').and.include('\u001b[31m');
    expect(stripVTControlCharacters(coloured)).to.equal(report(results, at(80)));
  });

  describe('with names of strangers', () => {
    const names = [
      '\u001b[2J\u001b]0;title\u0007evil',
      'two\nlines\tand\ta tab',
      'back\b\b\b\r\u0000 \u009b31m',
      '\u202egnirts',
      '👩‍👩‍👧‍👦 family 日本語の名前',
      'x'.repeat(300),
    ];
    const rows = names.map(name => ({ ...ROW, name, report: [`${name} says`], failure: `${name} broke`, hit: 1 }));

    for (const width of [40, 80]) {
      it(`keeps its form at ${width} columns`, () => {
        const text = report(resultsWith(rows), at(width));
        expect(text).to.not.match(/[^\P{Cc}\n]|\u202e/u);
        for (const line of text.split('\n')) expect(stringWidth(line), line).to.be.at.most(width);
        const table = text.split('\n').slice(2, 4 + names.length);
        expect(new Set(table.slice(2).map(line => stringWidth(line))).size, table.join('\n')).to.equal(1);
      });
    }
  });
});

describe('cleaned', () => {
  it('keeps letters of all languages and emoji', () => {
    expect(cleaned('naïve 日本 👩‍👧 ±1 µs')).to.equal('naïve 日本 👩‍👧 ±1 µs');
  });
});

describe('header', () => {
  const headerOf = (changes: Partial<typeof QUIET_MACHINE>) =>
    header(resultsWith([], { machine: { ...QUIET_MACHINE, ...changes } }), at(200));

  it('has the question, the machine, the noise floor and how to repeat the run', () => {
    expect(headerOf({}).split('\n')).to.deep.equal([
      'How late does each way of waiting wake, and what does it cost?',
      '2 x Abacus 1, Linux 6.8.0 x64, Node v20.20.0',
      'Noise floor: a spin by hand ends 0.1 us late, a look at the clock takes 40 ns',
      '2026-11-27 12:00 UTC, lab 0.1.0, seed 1, rounds for at most 60 s in shuffled order',
    ]);
  });

  it('tells what is unusual, and warns of what disturbs', () => {
    expect(headerOf({ schedulingClass: 'SCHED_FIFO', timerSlackNs: 1, coreLimit: 1.5 })).to.match(
      /^Scheduled as SCHED_FIFO, timer slack 1 ns, limited to 1\.5 cores$/m,
    );
    expect(headerOf({ load: 3.2 })).to.match(/^Load 3\.2 on 2 cores: other programs compete/m);
    expect(headerOf({ governor: 'powersave' })).to.match(/^The cores change their speed \(governor powersave\)/m);
    expect(headerOf({ coreLimit: 0.5 })).to.match(/^The control group allows 0\.5 cores/m);
  });

  it('does without what a host does not tell', () => {
    const nothing = {
      load: null,
      schedulingClass: null,
      timerSlackNs: null,
      governor: null,
      clockNs: null,
      floorUs: null,
    };
    expect(headerOf({ ...nothing, node: 'Chromium 140' }).split('\n')).to.have.length(3);
  });
});

describe('terminalOf', () => {
  it('is as wide as the terminal, and 80 columns wide where there is none', () => {
    expect(terminalOf({ isTTY: true, columns: 132 }).width).to.equal(132);
    for (const stream of [{}, { columns: 132 }, { isTTY: true, columns: 0 }])
      expect(terminalOf(stream, {}).width).to.equal(80);
  });

  it('is as wide as COLUMNS says where there is no terminal', () => {
    const width = (COLUMNS: string, stream = {}) => terminalOf(stream, { COLUMNS }).width;
    expect(width('40')).to.equal(40);
    expect(width('132', { isTTY: true, columns: 40 })).to.equal(40);
    expect(width('3')).to.equal(20);
    for (const nonsense of ['', '0', '-5', 'wide', '4e9']) expect(width(nonsense)).to.equal(80);
  });

  it('has colours on a terminal, unless NO_COLOR says otherwise', () => {
    const isColoured = (stream: object, env: Record<string, string>) => coloursFor(stream, env).isColorSupported;
    expect(isColoured({ isTTY: true }, {})).to.equal(true);
    expect(isColoured({ isTTY: true }, { NO_COLOR: '1' })).to.equal(false);
    expect(isColoured({ isTTY: true }, { TERM: 'dumb' })).to.equal(false);
    expect(isColoured({}, {})).to.equal(false);
    expect(isColoured({}, { FORCE_COLOR: '1' })).to.equal(true);
  });
});

describe('progressView', () => {
  it('writes one line on a terminal again and again, cut to its width, and removes it', () => {
    const written: string[] = [];
    const stream = { isTTY: true, columns: 40, write: (text: string) => written.push(text) };
    const view = progressView(stream);
    view.show(0.5, 'a strategy with quite a long name, 1000 Hz', 12_300);
    view.end();
    expect(written).to.deep.equal(['\r50 %, 13 s left: a strategy with quite…\u001b[K', '\r\u001b[K']);
    stream.columns = 80;
    view.show(0.5, 'hybrid 1000 Hz');
    expect(written[2]).to.match(/^\r█{12}░{12} 50 %: hybrid 1000 Hz/);
  });

  it('writes nothing without a terminal before some seconds are over', () => {
    progressView({ write: () => expect.fail() }).show(0.1, 'hybrid');
  });
});

function at(width: number): Terminal {
  return { width, colours: PLAIN };
}

/** The lines of the only table, without its head. */
function tableLines(rows: readonly RowWith[]): string[] {
  const lines = report(resultsWith(rows), at(100)).split('\n');
  return lines.slice(4, lines.indexOf('', 4));
}

function lineOf(name: string, rows: readonly RowWith[]): string {
  return tableLines(rows).find(line => line.startsWith(name))!;
}

function headsAt(width: number, rows: readonly RowWith[]): string[] {
  return report(resultsWith(rows), at(width))
    .split('\n')
    .find(line => line.startsWith('1000 Hz'))!
    .split(/ {2,}| (?=95 %)/);
}
