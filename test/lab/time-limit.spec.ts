import type { SubjectInfo } from '@escapement/lab';
import {
  LabRun,
  OutOfTime,
  type PlannedScenario,
  type RunPlan,
  SCENARIOS,
  type StartProcess,
  SubjectError,
} from '@escapement/lab/internal';
import { expect } from 'chai';
import { roundOf } from './support/made-up-rounds.js';

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
  /** This subject never answers. */
  readonly hangs?: string;
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
    ['a process that hangs', { metronome: [1000] }, { hangs: 'hybrid' }],
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

  it('goes on without a process that hangs', async () => {
    const { partial, scenarios } = await runWith({ metronome: [1000] }, { hangs: 'hybrid' });
    expect(partial).to.match(/^failed: hybrid 1000 Hz/);
    expect(scenarios[0]!.rows.find(({ subject }) => subject.name === 'hybrid')!.failure).to.include(
      'did not come back',
    );
  });

  function runWith(settings: Record<string, readonly number[]>, nature: Nature = {}) {
    const observer = { progressed() {} };
    return new LabRun(
      planOf(settings),
      observer,
      fakeProcess(nature, ms => (clock += ms)),
    ).measure();
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

/** Its work takes only the fake time. A real one, too, is ended when the time of the run is over. */
function fakeProcess(
  { load = 100, report = 1, slowness = 1, hangs }: Nature,
  pass: (ms: number) => void,
): StartProcess {
  return (subject, timeLeft) => {
    const take = (ms: number, patience: number) => {
      const left = Math.max(0, timeLeft());
      pass(Math.min(ms, patience, left));
      if (ms <= Math.min(left, patience)) return;
      throw left < patience ? new OutOfTime() : new SubjectError('did not come back');
    };
    return {
      async load() {
        take(load, 10_000);
      },
      async round({ scenario, setting, budget, mostSamples }, longest) {
        const period = scenario === 'metronome' ? 1000 / setting : setting;
        const count = Math.max(1, Math.min(mostSamples, Math.ceil(budget / period)));
        take(subject.name === hangs ? Infinity : count * period * slowness, 10 * longest + 10_000);
        const { round, at, ...measured } = roundOf([1]);
        return measured;
      },
      async report() {
        take(report, 10_000);
        return {};
      },
      end() {},
    };
  };
}
