import { stripVTControlCharacters } from 'node:util';
import { type Comparison, coloursFor, header, type LatenessRow, report, SCHEMA } from '@escapement/lab';
import { expect } from 'chai';

const PLAIN = coloursFor({ isTTY: true }, { NO_COLOR: '1' });
const COLOURED = coloursFor({ isTTY: true }, {});

describe('the report', () => {
  const plain = `${header(fakeComparison(), PLAIN)}\n${report(fakeComparison(), PLAIN)}`;

  it('fits 100 columns, whatever the figures', () => {
    for (const line of plain.split('\n')) expect(line.length, line).to.be.at.most(100);
  });

  it('has no escape codes without colour', () => {
    expect(plain).to.equal(stripVTControlCharacters(plain));
  });

  it('has the same text in colour', () => {
    const coloured = report(fakeComparison(), COLOURED);
    expect(coloured).to.not.equal(stripVTControlCharacters(coloured));
    expect(stripVTControlCharacters(coloured)).to.equal(report(fakeComparison(), PLAIN));
  });

  it('truncates no figure', () => {
    expect(plain).to.not.include('…');
    expect(plain).to.include('12,345,678').and.include('-1,498.6');
  });

  it('shows a dash where there is no percentile, and the count of early wakes', () => {
    const cells = lineWith('Node setTimeout').split(/ +/);
    expect(cells).to.deep.equal([
      'Node',
      'setTimeout',
      '-1,498.6',
      '0.0',
      '0.3',
      '-',
      '-',
      '12,345,678',
      '3,000',
      '100',
    ]);
  });

  it('heads each duration with the number of samples', () => {
    expect(plain).to.include('sleep 0.1 ms, 3,000 times').and.include('sleep 16.7 ms, 3,000 times');
  });

  it('names the machine, the seed and the number of rounds', () => {
    for (const fact of [
      '4 x Some CPU',
      'Linux 6.8.0 x64',
      'Node v20.19.0',
      '2025-01-31 12:00',
      'seed 7',
      '15 rounds',
    ]) {
      expect(plain).to.include(fact);
    }
  });

  it('says how many rounds ran within the time limit', () => {
    expect(plain).to.include('12 rounds within the time limit');
  });

  function lineWith(text: string): string {
    return plain.split('\n').find(line => line.includes(text))!;
  }
});

describe('coloursFor', () => {
  const isColoured = (isTTY: boolean, env: NodeJS.ProcessEnv) => coloursFor({ isTTY }, env).isColorSupported;

  it('colours a terminal only', () => {
    expect(isColoured(true, {})).to.equal(true);
    expect(isColoured(false, { CI: '1' })).to.equal(false);
    expect(isColoured(true, { TERM: 'dumb' })).to.equal(false);
  });

  it('obeys NO_COLOR and FORCE_COLOR', () => {
    expect(isColoured(true, { NO_COLOR: '1' })).to.equal(false);
    expect(isColoured(false, { FORCE_COLOR: '1' })).to.equal(true);
    expect(isColoured(true, { FORCE_COLOR: '0' })).to.equal(false);
  });
});

function fakeComparison(): Comparison {
  return {
    schema: SCHEMA,
    date: '2025-01-31T12:00:00.000Z',
    machine: { node: 'v20.19.0', cpu: 'Some CPU', cores: 4, os: 'Linux 6.8.0 x64' },
    parameters: { seed: 7, durationsMs: [0.1, 16.7], rounds: 15, timeLimitMs: 50_000 },
    lateness: { rounds: 12, rows: [0.1, 16.7].flatMap(durationMs => fakeRows(durationMs)) },
  };
}

function fakeRows(durationMs: number): LatenessRow[] {
  const common = { durationMs, samples: 3000, cpuPercent: 100.4 };
  return [
    {
      ...common,
      name: 'busy-wait',
      kind: 'strategy',
      waits: 'spins',
      early: 0,
      latenessUs: { min: 0.1, p50: 0.2, p90: 999.96, p99: 123_456.7, 'p99.9': 999_999.9, max: 1_000_000 },
    },
    {
      ...common,
      name: 'Node setTimeout',
      kind: 'baseline',
      waits: null,
      early: 3000,
      latenessUs: { min: -1498.6, p50: -0.01, p90: 0.26, p99: null, 'p99.9': null, max: 12_345_678 },
    },
  ];
}
