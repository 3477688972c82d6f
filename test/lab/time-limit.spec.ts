import type { SubjectInfo } from '@escapement/lab';
import {
  LabRun,
  NoAnswer,
  OutOfTime,
  type PlannedScenario,
  type RunPlan,
  SCENARIOS,
  type StartProcess,
} from '@escapement/lab/internal';
import { expect } from 'chai';
import { roundOf } from './support/made-up-rounds.js';

type Asked = 'load' | 'round' | 'report';

const { patienceFor } = await import(new URL('measuring/patience.js', import.meta.resolve('@escapement/lab')).href);

const LIMIT = 13_500;
const SUBJECTS: readonly SubjectInfo[] = ['busy-wait', 'hybrid', 'set-timeout', 'epoll'].map(name => ({
  name,
  kind: 'strategy',
  waits: 'blocks',
  from: '@escapement/lab',
}));

/** What a fake process takes, in milliseconds of a fake clock. */
interface Nature {
  readonly load?: number;
  readonly report?: number;
  /** How much longer a round takes than it should. */
  readonly slowness?: number;
  /** These subjects never come back from a round. */
  readonly hangs?: readonly string[];
  /** This one never loads. */
  readonly neverLoads?: string;
  /** This one never makes its report. */
  readonly neverReports?: string;
}

describe('a run with a time limit', () => {
  const { now } = performance;
  let clock = 0;

  before(() => {
    // It must go on: a run begins with a spin, to measure the clock.
    performance.now = () => (clock += 0.001);
  });
  after(() => {
    performance.now = now;
  });

  const cases: [string, Record<string, readonly number[]>, Nature?][] = [
    ['its default settings', { metronome: [1000], lateness: [0.1, 5] }],
    ['sleeps of a second', { lateness: [1000] }],
    ['sleeps that are longer than all of it', { lateness: [5, 100_000] }],
    ['a slow rate', { metronome: [0.1, 1000] }],
    ['very many settings', { lateness: Array.from({ length: 300 }, (_, n) => n + 1) }],
    ['rounds that take three times too long', { metronome: [100, 1000] }, { slowness: 3 }],
    ['processes that start slowly', { metronome: [1000] }, { load: 4000 }],
    ['processes that report slowly', { metronome: [1000] }, { report: 400 }],
    ['a process that hangs', { metronome: [1000] }, { hangs: ['hybrid'] }],
    ['only processes that hang', { metronome: [1000] }, { hangs: SUBJECTS.map(({ name }) => name) }],
    ['a process that never loads', { metronome: [1000] }, { neverLoads: 'hybrid' }],
    ['a report that never comes', { metronome: [1000] }, { neverReports: 'hybrid' }],
  ];

  for (const [what, settings, nature] of cases) {
    it(`ends in time with ${what}`, async () => {
      const startedAt = clock;
      const results = await runWith(settings, nature);
      expect(clock - startedAt).to.be.at.most(LIMIT + 1);
      for (const row of results.scenarios.flatMap(each => each.rows)) {
        expect(row.rounds.length > 0 || row.failure !== null, row.subject.name + row.label).to.equal(true);
      }
    });
  }

  it('uses its time', async () => {
    const startedAt = clock;
    const { partial, scenarios } = await runWith({ lateness: [1000] });
    expect(partial).to.equal(null);
    expect(clock - startedAt).to.be.above(LIMIT - 5000);
    expect(scenarios[0]!.rows.map(({ rounds }) => rounds.length)).to.deep.equal([3, 3, 3, 3]);
  });

  it('says what was left out, apart from what failed', async () => {
    const { partial, scenarios } = await runWith({ lateness: [5, 100_000] });
    expect(partial).to.match(/^left out: busy-wait 100000 ms, hybrid 100000 ms, /);
    const [short, long] = [5, 100_000].map(each => scenarios[0]!.rows.find(({ setting }) => setting === each)!);
    expect(short!.failure).to.equal(null);
    expect(short!.rounds.length).to.be.above(5);
    expect(long!.failure).to.match(/^left out: .* --time/);
  });

  for (const limit of [8000, LIMIT, 30_000, 60_000]) {
    it(`goes on without a process that hangs, and names it: ${limit / 1000} s`, async () => {
      const { results, run } = await ended({ metronome: [1000], lateness: [5] }, { hangs: ['hybrid'] }, limit);
      expect(results.partial).to.match(/^failed: hybrid 1000 Hz, hybrid 5 ms$/);
      expect(run.hasFailed).to.equal(true);
      const rows = results.scenarios.flatMap(each => each.rows);
      for (const { subject, failure, rounds } of rows) {
        if (subject.name === 'hybrid')
          expect(failure).to.match(/^did not come back within|^it failed at (1000 Hz|5 ms)$/);
        else expect([failure, rounds.length > 3], subject.name).to.deep.equal([null, true]);
      }
    });
  }

  it('goes on without two processes that hang', async () => {
    const { results } = await ended({ metronome: [1000] }, { hangs: ['hybrid', 'busy-wait'] });
    const measured = results.scenarios[0]!.rows.filter(({ rounds }) => rounds.length > 3);
    expect(measured.map(({ subject }) => subject.name)).to.deep.equal(['set-timeout', 'epoll']);
    expect(results.partial).to.equal('failed: busy-wait 1000 Hz, hybrid 1000 Hz');
  });

  it('leaves out what does not load in half of the time, by name, and measures the rest', async () => {
    const { results } = await ended({ metronome: [1000] }, { neverLoads: 'hybrid' });
    const rows = results.scenarios[0]!.rows;
    expect(results.partial).to.equal('left out: hybrid 1000 Hz');
    expect(rows[1]!.failure).to.match(
      /^left out: it had not loaded within [\d.]+ s: it hangs, or the machine is too busy/,
    );
    expect(rows[0]!.rounds.length).to.be.above(3);
  });

  it('leaves out those that a slow machine has no time to start, and measures the rest', async () => {
    const { results } = await ended({ metronome: [1000] }, { load: 4000 });
    const rows = results.scenarios[0]!.rows;
    expect(rows.filter(({ rounds }) => rounds.length > 3).map(({ subject }) => subject.name)).to.include('busy-wait');
    expect(results.partial).to.match(/^left out: .*epoll 1000 Hz/);
  });

  it('shows the reports of the others, and says which one did not come', async () => {
    const { results, run } = await ended({ metronome: [1000] }, { neverReports: 'hybrid' });
    const said = results.scenarios[0]!.rows.map(({ report }) => report?.[0]);
    expect(said[1]).to.match(/^its report did not come within [\d.]+ s$/);
    expect([said[0], said[2], said[3]]).to.deep.equal(['fine', 'fine', 'fine']);
    expect([results.partial, run.hasFailed]).to.deep.equal([null, false]);
  });

  it('counts what was spent before it began', async () => {
    const startedAt = clock;
    await ended({ metronome: [1000] }, {}, LIMIT, 4000);
    expect(clock - startedAt).to.be.at.most(LIMIT - 4000 + 1);
  });

  async function runWith(settings: Record<string, readonly number[]>, nature?: Nature) {
    return (await ended(settings, nature)).results;
  }

  async function ended(
    settings: Record<string, readonly number[]>,
    nature: Nature = {},
    timeLimit = LIMIT,
    timeSpent = 0,
  ) {
    const observer = { progressed() {} };
    const start = fakeProcess(nature, ms => (clock += ms));
    const run = new LabRun({ ...planOf(settings), timeLimit, timeSpent }, observer, start);
    return { run, results: await run.measure() };
  }
});

function planOf(settings: Record<string, readonly number[]>): RunPlan {
  const scenarios = Object.entries(settings).map(
    ([name, values]): PlannedScenario => ({
      scenario: SCENARIOS.find(each => each.name === name)!,
      from: '@escapement/lab',
      settings: values,
    }),
  );
  return {
    subjects: SUBJECTS,
    scenarios,
    seed: 1,
    rounds: null,
    timeLimit: LIMIT,
    why: false,
    untilLate: null,
    absent: [],
    isQuick: true,
  };
}

/** Its work takes only the fake time, and it is waited for as long as a real one. */
function fakeProcess(
  { load = 100, report = 1, slowness = 1, hangs = [], neverLoads, neverReports }: Nature,
  pass: (ms: number) => void,
): StartProcess {
  return ({ name }, timeLeft) => {
    const take = (asked: Asked, needed: number, late: string, longest?: number) => {
      const { ms, isAmple } = patienceFor(asked, Math.max(0, timeLeft()), longest);
      pass(Math.min(needed, ms));
      if (needed <= ms) return;
      const text = `${late} within ${(ms / 1000).toPrecision(2)} s`;
      throw isAmple ? new NoAnswer(text) : new OutOfTime(text);
    };
    return {
      async load() {
        take('load', name === neverLoads ? Infinity : load, 'it had not loaded');
      },
      async round({ scenario, setting, budget, mostSamples }, longest) {
        const period = scenario === 'metronome' ? 1000 / setting : setting;
        const count = Math.max(1, Math.min(mostSamples, Math.ceil(budget / period)));
        take('round', hangs.includes(name) ? Infinity : count * period * slowness, 'did not come back', longest);
        const { round, at, ...measured } = roundOf([1]);
        return measured;
      },
      async report() {
        take('report', name === neverReports ? Infinity : report, 'its report did not come');
        return { lines: ['fine'] };
      },
      end() {},
    };
  };
}
