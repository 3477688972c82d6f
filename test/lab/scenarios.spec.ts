import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Results, RoundContext, RoundSamples, Scenario, Subject, SubjectInfo } from '@escapement/lab';
import { BUILT_IN, findSubject, medianOf, offerOf, SCENARIOS } from '@escapement/lab/internal';
import { expect } from 'chai';
import { runLab } from './run-lab.js';

const offer = await offerOf(BUILT_IN);

function scenario(name: string): Scenario {
  return SCENARIOS.find(each => each.name === name)!;
}

function subject(kind: SubjectInfo['kind'], name: string): Subject {
  return findSubject(offer, { kind, name, waits: null, from: BUILT_IN })!;
}

/** One round. Fails unless the scenario calls `measured` once. */
async function round(
  name: string,
  of: Subject,
  setting: number,
  given: Partial<RoundContext> = {},
): Promise<RoundSamples> {
  let calls = 0;
  const measurement = await scenario(name).prepare(of, setting);
  const found = await measurement({
    budget: 20,
    mostSamples: Infinity,
    seed: 7,
    async measured(work) {
      calls++;
      await work();
    },
    ...given,
  });
  expect(calls).to.equal(1);
  return found;
}

function expectNoneEarly(samplesUs: ArrayLike<number>): void {
  // Where the loop's clock and the host's are read one after the other, a few microseconds lie between.
  expect(Math.min(...Array.from(samplesUs))).to.be.above(-20);
}

describe('the scenarios', () => {
  for (const { name, parameter } of SCENARIOS) {
    it(`${name} accepts its own settings and refuses nonsense`, () => {
      const settings = [...parameter.values, ...parameter.quick, parameter.warmUp ?? parameter.values[0]!];
      for (const setting of settings) expect(parameter.check(setting), String(setting)).to.equal(undefined);
      for (const setting of [0, -1, NaN, 1e9]) expect(parameter.check(setting), String(setting)).to.match(/^expected /);
    });
  }

  describe('lateness', () => {
    for (const [what, ends] of [
      ['a strategy', subject('strategy', 'set-timeout')],
      ['a baseline', subject('baseline', 'Node setTimeout')],
    ] as const) {
      it(`ends with the budget of its round under ${what} that oversleeps by ten times, after one sample at least`, async () => {
        const many = await round('lateness', ends, 0.1, { budget: 40 });
        // Timers of Node last a millisecond at least: 400 samples would take ten times the budget.
        expect(many.samplesUs.length).to.be.within(1, 60);
        const one = await round('lateness', ends, 0.1, { budget: 0.001 });
        expect(one.samplesUs).to.have.lengthOf(1);
      });
    }

    it('takes no more samples than it is asked for', async () => {
      const { samplesUs } = await round('lateness', subject('strategy', 'busy-wait'), 0.1, {
        budget: 1000,
        mostSamples: 5,
      });
      expect(samplesUs).to.have.lengthOf(5);
    });
  });

  describe('crowd', () => {
    for (const strategy of ['busy-wait', 'atomics-wait', 'set-timeout']) {
      it(`wakes every sleeper under ${strategy}`, async () => {
        const { samplesUs, figures } = await round('crowd', subject('strategy', strategy), 300);
        expect(samplesUs).to.have.lengthOf(300);
        expectNoneEarly(samplesUs);
        expect(figures!['us to create each']).to.be.within(0.01, 1000);
      });
    }

    it('takes no more sleepers than it may', async () => {
      const { samplesUs } = await round('crowd', subject('strategy', 'busy-wait'), 300, { mostSamples: 30 });
      expect(samplesUs).to.have.lengthOf(30);
    });

    it('measures what else can wait for many, and refuses what cannot', async () => {
      const { samplesUs } = await round('crowd', subject('baseline', 'Node setTimeout'), 100);
      expect(samplesUs).to.have.lengthOf(100);
      expect(scenario('crowd').refuses!(subject('baseline', 'Node setTimeout'))).to.equal(undefined);
      expect(scenario('crowd').refuses!(subject('baseline', 'spin by hand'))).to.match(/one thing at a time/);
    });
  });

  describe('busy', () => {
    for (const load of [20, 100]) {
      it(`ticks beside a load of ${load} %`, async () => {
        const { samplesUs, missed } = await round('busy', subject('strategy', 'atomics-wait'), load);
        expect(samplesUs).to.have.lengthOf(20);
        expectNoneEarly(samplesUs);
        expect(missed).to.equal(Array.from(samplesUs).filter(late => late >= 1000).length);
      });
    }

    it('runs under a policy, too: the last to come waits longer for its turn than one with priority', async () => {
      const medians: number[] = [];
      for (const policy of ['priority', 'lifo']) {
        const { samplesUs } = await round('busy', subject('policy', policy), 100);
        medians.push(medianOf(Array.from(samplesUs)));
      }
      expect(medians[0]).to.be.below(medians[1]!);
    });
  });

  describe('wakeup', () => {
    for (const strategy of ['busy-wait', 'atomics-wait', 'set-timeout']) {
      it(`tells how soon ${strategy} resumes a task`, async () => {
        const { samplesUs } = await round('wakeup', subject('strategy', strategy), 0.5, { budget: 10 });
        expect(samplesUs).to.have.lengthOf(20);
        expect(Math.min(...Array.from(samplesUs))).to.be.above(0);
        expect(medianOf(Array.from(samplesUs))).to.be.below(20_000);
      });
    }
  });

  describe('policies', () => {
    const run = (policy: string, load: number) => round('policies', subject('policy', policy), load);

    it('says the same for the same seed', async () => {
      expect(await run('fair', 60)).to.deep.equal(await run('fair', 60));
      const other = await round('policies', subject('policy', 'fair'), 60, { seed: 8 });
      expect(other).to.not.deep.equal(await run('fair', 60));
    });

    it('shows what a policy is for', async () => {
      const [fifo, priority, lifo] = await Promise.all([run('fifo', 90), run('priority', 90), run('lifo', 90)]);
      expect(priority!.figures!['urgent p95 ms']).to.be.below(fifo!.figures!['urgent p95 ms']! / 2);
      expect(priority!.figures!['urgent missed %']).to.be.below(fifo!.figures!['urgent missed %']! / 2);
      expect(lifo!.figures!['long p95 ms']).to.be.above(fifo!.figures!['long p95 ms']!);
      expect(priority!.figures!.fairness).to.be.within(0, 1);
    });
  });

  it('io sends messages there and back', async function () {
    if (process.platform !== 'linux') this.skip();
    for (const strategy of ['epoll', 'busy-wait']) {
      const { samplesUs } = await round('io', subject('strategy', strategy), 3, { budget: 20 });
      expect(samplesUs).to.have.lengthOf(6);
      expect(Math.min(...Array.from(samplesUs))).to.be.above(0);
    }
  });

  it('of a module run like those of the lab, as the example shows', async () => {
    const module = fileURLToPath(new URL('../../../docs/dist/examples/lab/pairs.js', import.meta.url));
    const folder = mkdtempSync(join(tmpdir(), 'escapement-lab-'));
    const file = join(folder, 'pairs.json');
    const args = [
      '--quick',
      '--rounds',
      '1',
      '--time',
      '60',
      '--strategy',
      'busy-wait',
      '--no-baselines',
      '--json',
      file,
    ];
    const { status } = await runLab('--module', module, '--scenario', 'pairs', 'lateness', '--sleep', '1', ...args);
    const { scenarios }: Results = JSON.parse(readFileSync(file, 'utf8'));
    rmSync(folder, { recursive: true });
    expect(status).to.equal(0);
    expect(scenarios.map(({ name, rows }) => [name, rows.map(({ subject }) => subject.name)])).to.deep.equal([
      ['pairs', ['busy-wait']],
      ['lateness', ['busy-wait', 'microtasks']],
    ]);
  });

  it('measure only the subjects that they can', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'escapement-lab-'));
    const file = join(folder, 'policies.json');
    const args = ['--scenario', 'policies', '--policy', 'fifo', 'fair', '--set', 'policies=60'];
    const { status } = await runLab(...args, '--quick', '--rounds', '1', '--time', '60', '--json', file);
    const { scenarios }: Results = JSON.parse(readFileSync(file, 'utf8'));
    rmSync(folder, { recursive: true });
    expect(status).to.equal(0);
    expect(scenarios[0]!.rows.map(({ subject, rounds }) => [subject.name, subject.kind, rounds.length])).to.deep.equal([
      ['fifo', 'policy', 1],
      ['fair', 'policy', 1],
    ]);
    expect((await runLab('--policy', 'fifoo')).stderr).to.match(/--policy fifoo: .*Did you mean fifo/);
  });
});
