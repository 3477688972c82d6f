import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A test runner, and what it calls tests that failed, passed and were skipped. */
interface Runner {
  readonly name: string;
  readonly imports: string;
  readonly command: readonly string[];
  /** Counts in its output. */
  readonly counts: (failed: number, passed: number, skipped: number) => RegExp;
}

const RUNNERS: readonly Runner[] = [
  {
    name: 'mocha',
    imports: '',
    command: [join(ROOT, 'node_modules/mocha/bin/mocha.js'), '--no-config', '--no-package'],
    counts: (failed, passed, skipped) =>
      new RegExp(
        `${passed} passing${skipped ? `.*${skipped} pending` : ''}${failed ? `.*${failed} failing` : ''}`,
        's',
      ),
  },
  {
    name: 'node:test',
    imports: "import { describe, it } from 'node:test';",
    command: ['--test', '--test-reporter=tap'],
    counts: (failed, passed, skipped) =>
      new RegExp(`# pass ${passed}\n# fail ${failed}\n# cancelled 0\n# skipped ${skipped}\n`),
  },
  {
    name: 'vitest',
    imports: "import { describe, it } from 'vitest';",
    command: [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=json', '--no-color', '--root', '.'],
    counts: (failed, passed, skipped) =>
      new RegExp(`"numPassedTests":${passed},"numFailedTests":${failed},"numPendingTests":${skipped},`),
  },
];

const BODY = `
import { explored } from '@escapement/explore';
import { losesAnUpdate, losesNone } from '../bank.js';
describe('bank', () => {
  it('loses an update', explored(losesAnUpdate, { runs: 100 }));
  it('loses none', explored(losesNone, { runs: 20 }));
});`;

for (const runner of RUNNERS) {
  describe(`explored, with ${runner.name}`, function () {
    this.timeout(60_000);
    let folder: string;
    let token: string;

    before(function () {
      if (runner.name === 'vitest' && !existsSync(runner.command[0]!)) {
        console.log('    skipped: needs vitest');
        this.skip();
      }
      // Below the tests, so that it finds the packages.
      folder = mkdtempSync(fileURLToPath(new URL('runners/made-', import.meta.url)));
      writeFileSync(join(folder, 'bank.test.mjs'), `${runner.imports}${BODY}`);
    });
    after(() => folder && rmSync(folder, { recursive: true }));

    function run(variables: Record<string, string>) {
      const { EXPLORE_RUNS, EXPLORE_SEED, EXPLORE_REPLAY, NODE_TEST_CONTEXT, NODE_OPTIONS, ...inherited } = process.env;
      const env = { ...inherited, NODE_OPTIONS: '--enable-source-maps', FORCE_COLOR: '0', ...variables };
      const { status, stdout, stderr } = spawnSync(process.execPath, [...runner.command, 'bank.test.mjs'], {
        cwd: folder,
        env,
        encoding: 'utf8',
      });
      return { status, output: `${stdout}${stderr}`.replaceAll('\\n', '\n') };
    }

    it('fails with the report, the name of the test in its token', () => {
      const { status, output } = run({});
      assert.isAbove(status!, 0, output);
      assert.match(output, runner.counts(1, 1, 0));
      token = /EXPLORE_REPLAY=(esc1-loses_an_update-\S+) npm test/.exec(output)?.[1] ?? '';
      assert.isNotEmpty(token, output);
      assert.match(output, /▶ step \d+, at 0 ms: (first|second) /);
      assert.match(output, /line 10 → ends/);
    });

    it('repeats the run of a token in the test that it names, and skips the others', () => {
      const { status, output } = run({ EXPLORE_REPLAY: token });
      assert.isAbove(status!, 0, output);
      assert.match(output, runner.counts(1, 0, 1));
      assert.include(output, `failed in the run of ${token}`);
    });

    it('takes the number of runs from the environment', () => {
      const { status, output } = run({ EXPLORE_RUNS: '1' });
      assert.equal(status, 0, output);
      assert.match(output, runner.counts(0, 2, 0));
    });
  });
}
