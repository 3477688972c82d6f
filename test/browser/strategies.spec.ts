import { expect } from 'chai';
import { BrowserStage, PLACES, type Place } from './browser-stage.js';
import type { Waited } from './programs/waits.js';

const ANYWHERE = [
  'busyWaitModule',
  'hybridOverTimeouts',
  'messageChannelModule',
  'phasedOverTimeouts',
  'postTaskModule',
  'preciseTimeoutModule',
  'setTimeoutModule',
];
const BLOCKING = ['atomicsWaitModule', 'hybridModule', 'phasedModule'];
/** Not in a browser at all. */
const IN_NODE = ['setImmediateModule'];

/** A page that is not isolated reads the time in steps of 0.1 ms; a busy machine adds to any lateness. */
const EARLIEST = -0.001;

const PROGRAM = new URL('programs/waits.js', import.meta.url);

describe('the strategies in Chromium', function () {
  this.timeout(30_000);
  const stage = new BrowserStage();
  stage.installIn({ before, after });

  async function wait(name: string, place: Place): Promise<Waited> {
    const { value, error } = await stage.run(PROGRAM, place, name);
    expect(error, place).to.equal(undefined);
    const waited = value as Waited;
    expect(waited.isIsolated, place).to.equal(place.startsWith('isolated'));
    expect(waited.order, place).to.equal('2 5 9');
    expect(waited.lateness, place).to.have.lengthOf(4);
    expect(Math.min(...waited.lateness), place).to.be.at.least(EARLIEST);
    return waited;
  }

  for (const name of ANYWHERE) {
    it(`${name} waits in a page and in a worker, isolated or not`, async () => {
      for (const place of PLACES) {
        const { waits, hostTurns, promised } = await wait(name, place);
        if (waits === 'spins') continue;
        expect(hostTurns, `${place}: timers of the host that fired`).to.be.above(0);
        expect(promised, place).to.equal('kept');
      }
    });
  }

  for (const name of BLOCKING) {
    it(`${name} blocks an isolated worker, and says why it cannot block elsewhere`, async () => {
      expect((await wait(name, 'isolated worker')).waits).to.equal('blocks');
      const errorIn = async (place: Place) => (await stage.run(PROGRAM, place, name)).error;
      expect(await errorIn('page')).to.deep.equal({
        code: 'ESC_MISSING_HOST_FEATURE',
        text: 'MissingHostFeatureError: new AtomicsWaitStrategy found no SharedArrayBuffer, expected a host that has it. A page must be cross-origin isolated for that: see docs/choosing-a-strategy.md. Or use SetTimeoutStrategy.',
      });
      expect((await errorIn('worker'))?.text).to.include('found no SharedArrayBuffer');
      expect((await errorIn('isolated page'))?.text).to.include(
        'found no Atomics.wait on this thread, expected a host that has it. The main thread of a page must not block',
      );
    });
  }

  for (const name of IN_NODE) {
    it(`${name} says what to use there`, async () => {
      const { error } = await stage.run(PROGRAM, 'page', name);
      expect(error?.code).to.equal('ESC_MISSING_HOST_FEATURE');
      expect(error?.text).to.include('In a page use MessageChannelStrategy.');
    });
  }

  it('complain about nothing in the console', () => {
    expect(stage.errors).to.deep.equal([]);
  });
});
