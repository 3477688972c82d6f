import { mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BaselineSubject, OutsideSubject, Results, RoundSamples, Subject } from '@escapement/lab';
import { BUILT_IN, offerOf, SCENARIOS } from '@escapement/lab/internal';
import { expect } from 'chai';
import { runLab } from './run-lab.js';

const { baselines } = await offerOf(BUILT_IN);
const outside = baselines.filter((each): each is OutsideSubject => each.kind === 'outside');
const inside = baselines.filter((each): each is BaselineSubject => each.kind === 'baseline');

function scenario(name: string) {
  return SCENARIOS.find(each => each.name === name)!;
}

async function round(
  name: string,
  subject: Subject,
  setting: number,
  budget: number,
  mostSamples = Infinity,
): Promise<RoundSamples> {
  const measurement = await scenario(name).prepare(subject, setting);
  return measurement({ budget, mostSamples, seed: 1, measured: async work => work() });
}

function skipUnlessHere(test: Mocha.Context, { lacks }: { lacks?: () => string | undefined }): void {
  const lack = lacks?.();
  if (lack === undefined) return;
  console.log(`    skipped: needs ${lack}`);
  test.skip();
}

describe('the baselines', () => {
  for (const subject of inside) {
    it(`${subject.name} ticks on a schedule, and sleeps one sleep after the other`, async function () {
      skipUnlessHere(this, subject);
      const open = await round('metronome', subject, 500, 6);
      expect(open.samplesUs).to.have.lengthOf(3);
      // A budget for late ones, too, with which the closed loop would end.
      const closed = await round('lateness', subject, 2, 10_000, 3);
      expect(closed.samplesUs).to.have.lengthOf(3);
      // Node's timers may be early by some milliseconds on a busy machine: they count from when the turn of the host began.
      for (const late of [...Array.from(open.samplesUs), ...Array.from(closed.samplesUs)])
        expect(late).to.be.above(-5000);
    });
  }

  for (const subject of outside) {
    it(`${subject.name} ticks in a process of its own`, async function () {
      this.timeout(60_000);
      skipUnlessHere(this, subject);
      const { samplesUs, cpuMs } = await round('metronome', subject, 500, 20);
      expect(samplesUs).to.have.lengthOf(10);
      for (const late of Array.from(samplesUs)) expect(late).to.be.above(subject.name === 'uvloop' ? -1500 : -100);
      if (subject.name === 'cyclictest') expect(cpuMs).to.equal(null);
      else expect(cpuMs).to.be.within(0, 20_000);
    });

    it(`${subject.name} sleeps in a closed loop`, async function () {
      skipUnlessHere(this, subject);
      expect((await round('lateness', subject, 2, 6)).samplesUs).to.have.lengthOf(3);
    });
  }

  it('with the least timer slack differ from those without by nothing else', async function () {
    const pairs = [...inside, ...outside].filter(({ name }) => name.endsWith(', slack 1'));
    const names = pairs.map(({ name }) => name.replace(', slack 1', ''));
    expect(names).to.deep.equal(['Atomics.wait by hand', 'C clock_nanosleep']);
    if (process.platform !== 'linux') this.skip();
    const slack = () =>
      readFileSync(`/proc/${readlinkSync('/proc/thread-self').split('/').at(-1)}/timerslack_ns`, 'utf8');
    const before = slack();
    const subject = inside.find(({ name }) => name === 'Atomics.wait by hand, slack 1')!;
    let during = '';
    await subject.around!(async () => {
      during = slack();
    });
    expect([during.trim(), slack()]).to.deep.equal(['1', before]);
  });

  it('say what they lack', () => {
    const path = process.env.PATH;
    process.env.PATH = '';
    try {
      const lacks = Object.fromEntries(outside.map(({ name, lacks }) => [name, lacks!()]));
      expect(lacks).to.deep.include({ 'C clock_nanosleep': 'cc', cyclictest: 'cyclictest, of rt-tests' });
    } finally {
      process.env.PATH = path;
    }
  });

  it('outside have the processor time of the program in the results, and nothing of the process that starts it', async function () {
    const subject = outside.find(({ name }) => name === 'Python time.sleep')!;
    skipUnlessHere(this, subject);
    const folder = mkdtempSync(join(tmpdir(), 'escapement-lab-'));
    const file = join(folder, 'outside.json');
    const args = ['--strategy', 'busy-wait', '--baseline', subject.name, '--rate', '500'];
    await runLab(...args, '--quick', '--rounds', '1', '--time', '60', '--json', file);
    const { scenarios }: Results = JSON.parse(readFileSync(file, 'utf8'));
    rmSync(folder, { recursive: true });
    const row = scenarios[0]!.rows.find(each => each.subject.name === subject.name)!;
    expect(row.subject.kind).to.equal('outside');
    expect(row.rounds[0]!.disturbance).to.include({ runQueueMs: null, involuntarySwitches: null, gcMs: null });
    expect(row.rounds[0]!.cpuMs).to.be.within(0.001, row.rounds[0]!.wallMs);
  });
});
