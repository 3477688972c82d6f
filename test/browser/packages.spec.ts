import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { compiled, ROOT, runExample } from '../examples/example.js';
import { fencesOf, outputMatches } from '../examples/markdown.js';
import { BrowserStage, PLACES } from './browser-stage.js';

/** The programs of the READMEs of the packages that need no Node. */
const PROGRAMS = ['core', 'escapement', 'policies', 'sleep', 'streams', 'sync', 'virtual-time'];
/** They block a thread. */
const BLOCKING = ['strategies', 'wiring'];

const sourceOf = (name: string) => `docs/examples/packages/${name}.ts`;

/** What a program prints: as its README says, else as it prints in Node, with any numbers. */
async function outputOf(name: string): Promise<string> {
  const readme = readFileSync(new URL(`packages/${name}/README.md`, ROOT), 'utf8');
  const fence = fencesOf(readme).find(({ marker }) => marker?.kind === 'output' && marker.path === sourceOf(name));
  return fence?.text ?? (await runExample(sourceOf(name))).output.replace(/\d+(\.\d+)?/g, '#.#');
}

/** On a busy machine timers that are due within a few milliseconds of each other may change places. */
function sorted(output: string): string {
  return output.split('\n').sort().join('\n');
}

describe('the packages in Chromium', function () {
  this.timeout(30_000);
  const stage = new BrowserStage();
  const names = [...PROGRAMS, ...BLOCKING];
  stage.installIn({ before, after }, Object.fromEntries(names.map(name => [name, compiled(sourceOf(name))])));

  for (const name of names) {
    const needsIsolatedWorker = BLOCKING.includes(name);

    it(`${name} does there what it does in Node`, async () => {
      const expected = await outputOf(name);
      for (const place of needsIsolatedWorker ? (['isolated worker'] as const) : PLACES) {
        const { output, error } = await stage.run(name, place);
        expect(error, place).to.equal(undefined);
        expect(outputMatches(sorted(expected), sorted(output)), `in the ${place} it prints:\n${output}`).to.equal(true);
      }
    });

    if (!needsIsolatedWorker) continue;
    it(`${name} says why the thread cannot be blocked elsewhere`, async () => {
      for (const place of ['page', 'isolated page', 'worker'] as const) {
        const { error } = await stage.run(name, place);
        expect(error?.code, place).to.equal('ESC_MISSING_HOST_FEATURE');
      }
    });
  }

  it('complain about nothing in the console', () => {
    expect(stage.errors).to.deep.equal([]);
  });
});
