import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { ROOT } from '../examples/example.js';
import { BrowserStage, PLACES, type Place } from './browser-stage.js';
import { NEED_A_HOST, NEED_NODE } from './left-out.js';
import { runSpecs } from './run-specs.js';

/** Of the packages that need no Node. */
const FOLDERS = ['core', 'combinators', 'sleep', 'sync', 'strategies', 'policies', 'streams', 'wiring'];

/** They take seconds, most with random programs in virtual time: one place is enough. */
const IN_ONE_PLACE = [
  'combinators/cancelled-or-complete',
  'combinators/combinators',
  'combinators/select',
  'core/broken-policies',
  'core/broken-runs',
  'core/call',
  'core/cleanup-errors',
  'core/task',
  'policies/laws',
  'policies/model',
  'policies/queueing',
  'sync/broadcast-model',
  'sync/large-queues',
  'sync/limiter',
  'sync/permits-model',
  'sync/queue-model',
];

const FEWEST: Readonly<Record<Place, number>> = {
  page: 1450,
  'isolated page': 1450,
  worker: 1450,
  'isolated worker': 1800,
};

/** They say nothing here: messages of two channels may overtake each other, and on a busy machine one may take a millisecond. */
const OF_NODE =
  /^core\/host-turns\.spec: turns of the host come at least every so often|^strategies\/message-channel\.spec: .* shorter than the shortest timer/;

function specsFor(place: Place): string[] {
  const specs = FOLDERS.flatMap(folder =>
    readdirSync(new URL(`test/dist/${folder}/`, ROOT))
      .filter(file => file.endsWith('.spec.js'))
      .map(file => `${folder}/${file.slice(0, -'.spec.js'.length)}`),
  );
  const here = place === 'isolated worker' ? specs : specs.filter(spec => !IN_ONE_PLACE.includes(spec));
  return here.map(spec => `${spec}.spec`);
}

/** What is left out although no list names it. */
function unexpected(leftOut: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(leftOut).flatMap(([file, needs]) => {
    const spec = file.slice(0, -'.spec'.length);
    const known = [...(NEED_NODE[spec] ?? []), ...(NEED_A_HOST.includes(spec) ? ['this host'] : [])];
    return needs.filter(name => !known.includes(name)).map(name => `${spec} needs ${name}`);
  });
}

describe('the specs in Chromium', function () {
  this.timeout(300_000);
  const stage = new BrowserStage();
  stage.installIn({ before, after });

  for (const place of PLACES) {
    it(`hold in the ${place}`, async () => {
      const { passed, failures, leftOut } = await runSpecs(stage, place, specsFor(place));
      console.log(
        `    ${passed} tests pass in the ${place}; left out, of ${Object.keys(leftOut).length} specs, is what needs`,
      );
      console.log(`    ${[...new Set(Object.values(leftOut).flat())].sort().join(', ')}`);
      expect(failures.filter(failure => !OF_NODE.test(failure)).join('\n\n')).to.equal('');
      expect(unexpected(leftOut)).to.deep.equal([]);
      expect(passed).to.be.at.least(FEWEST[place]);
    });
  }
});

describe('a run of specs in Chromium', function () {
  this.timeout(60_000);
  const stage = new BrowserStage();
  stage.installIn({ before, after });

  it('tells what fails from what needs Node, or another place', async () => {
    const { passed, failures, leftOut } = await runSpecs(stage, 'page', ['browser/programs/planted']);
    expect(passed).to.equal(1);
    expect(failures).to.have.lengthOf(1);
    expect(failures[0]).to.include('planted fails').and.include('expected 1 to equal 2');
    expect(leftOut).to.deep.equal({ 'browser/programs/planted': ['node:fs.readFileSync', 'this host'] });
  });

  it('names the test that hangs', async () => {
    const hanging = await runSpecs(stage, 'worker', ['browser/programs/planted-hang'], 2000).catch(error => error);
    expect(hanging).to.be.an('error').with.property('message', 'hangs in the worker: planted hangs');
  });
});
