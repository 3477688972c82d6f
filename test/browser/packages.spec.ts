import { expect } from 'chai';
import { compiled } from '../examples/example.js';
import { outputMatches } from '../examples/markdown.js';
import { packageExample, packageOutput, sorted } from '../examples/package-example.js';
import { BrowserStage, PLACES } from './browser-stage.js';

/** The programs of the READMEs of the packages that need no Node. */
const PROGRAMS = ['core', 'escapement', 'policies', 'sleep', 'streams', 'sync', 'virtual-time'];
/** They block a thread. */
const BLOCKING = ['strategies', 'wiring'];

describe('the packages in Chromium', function () {
  this.timeout(30_000);
  const stage = new BrowserStage();
  stage.installIn({ before, after });

  for (const name of [...PROGRAMS, ...BLOCKING]) {
    const needsIsolatedWorker = BLOCKING.includes(name);

    it(`${name} does there what it does in Node`, async () => {
      const expected = await packageOutput(name);
      for (const place of needsIsolatedWorker ? (['isolated worker'] as const) : PLACES) {
        const { output, error } = await stage.run(compiled(packageExample(name)), place);
        expect(error, place).to.equal(undefined);
        expect(outputMatches(sorted(expected), sorted(output)), `in the ${place} it prints:\n${output}`).to.equal(true);
      }
    });

    if (!needsIsolatedWorker) continue;
    it(`${name} says why the thread cannot be blocked elsewhere`, async () => {
      for (const place of ['page', 'isolated page', 'worker'] as const) {
        const { error } = await stage.run(compiled(packageExample(name)), place);
        expect(error?.code, place).to.equal('ESC_MISSING_HOST_FEATURE');
      }
    });
  }

  it('complain about nothing in the console', () => {
    expect(stage.errors).to.deep.equal([]);
  });
});
