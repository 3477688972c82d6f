import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type BuildOptions, build } from 'esbuild';
import { root } from '../architecture/workspace.js';

const TICKER = `
import { busyWaitModule, createLoop, sleep, sleepModule } from 'escapement';
import { workerProgram } from '@escapement/workers';
import { portModule } from '@escapement/workers/module';
const loop = createLoop(busyWaitModule, sleepModule, portModule);
export const ticker = workerProgram(loop, function* (count) {
  if (count < 0) throw Object.assign(new RangeError('too few'), { code: 'TOO_FEW' });
  for (let tick = 0; tick < count; tick++) yield* sleep(0.1);
  return count + ' ticks';
});
`;

const PROGRAM = `
import { atomicsWaitModule, createLoop, setTimeoutModule } from 'escapement';
import { loopInWorker } from '@escapement/workers';
import { portModule } from '@escapement/workers/module';
const url = new URL('./ticker.mjs', import.meta.url);
for (const strategy of [atomicsWaitModule, setTimeoutModule]) {
  const loop = createLoop(strategy, portModule);
  console.log(await loop.run(loopInWorker(url, 'ticker', [20])));
  try { await loop.run(loopInWorker(url, 'ticker', [-1])); } catch (error) { console.log(error.name, error.code); }
  try { await loop.run(loopInWorker(url, 'nothing', [])); } catch (error) { console.log(error.message.replace(/^.*exports/, 'exports')); }
}
`;

const FORMS: Readonly<Record<string, BuildOptions>> = {
  'one file each': {},
  'one minified file each': { minify: true },
  'several minified files': { minify: true, splitting: true },
};

describe('a bundled program with a loop in a thread', function () {
  this.timeout(60_000);

  for (const [form, options] of Object.entries(FORMS)) {
    it(`runs as ${form}, where nothing is installed`, async () => {
      // Where its imports are found while it is bundled.
      const sources = mkdtempSync(join(root, 'test/dist/bundled-threads-'));
      const folder = mkdtempSync(join(tmpdir(), 'escapement-bundled-threads-'));
      try {
        const entryPoints = Object.entries({ program: PROGRAM, ticker: TICKER }).map(([name, source]) => {
          writeFileSync(join(sources, `${name}.mjs`), source);
          return join(sources, `${name}.mjs`);
        });
        const output: BuildOptions = {
          outdir: folder,
          format: 'esm',
          platform: 'node',
          outExtension: { '.js': '.mjs' },
        };
        await build({ entryPoints, bundle: true, logLevel: 'error', ...output, ...options });
        const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'program.mjs')], { encoding: 'utf8' });
        expect(stderr).to.equal('');
        const told =
          '20 ticks\nRangeError TOO_FEW\nexports nothing as "nothing", expected what workerProgram(loop, program) returned.\n';
        expect(stdout).to.equal(told + told);
      } finally {
        rmSync(sources, { recursive: true, force: true });
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
