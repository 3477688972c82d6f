import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { compiled } from '../examples/example.js';
import { outputMatches } from '../examples/markdown.js';
import { packageExample, packageOutput, sorted } from '../examples/package-example.js';

const SMOKE = new URL('programs/smoke.js', import.meta.url);
const ARGUMENTS = { bun: [], deno: ['run', '--allow-all'] } as const;

const PACKAGES = [
  'combinators',
  'core',
  'escapement',
  'explore',
  'host',
  'io',
  'net',
  'policies',
  'posix',
  'promises',
  'sleep',
  'strategies',
  'streams',
  'sync',
  'virtual-time',
  'wiring',
  'workers',
];

async function outputOf(command: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { timeout: 30_000 });
  return stdout.trimEnd();
}

for (const runtime of ['bun', 'deno'] as const) {
  describe(`the packages in ${runtime}`, function () {
    this.timeout(60_000);
    const path = (process.env.PATH ?? '')
      .split(delimiter)
      .map(folder => join(folder, runtime))
      .find(existsSync);
    const run = (file: URL) => outputOf(path!, ...ARGUMENTS[runtime], fileURLToPath(file));

    before(function () {
      if (path !== undefined) return;
      console.log(`    skipped: needs ${runtime}`);
      this.skip();
    });

    it('sleep, time out, select and cancel under each strategy, and report a deadlock', async () => {
      const expected = await outputOf(process.execPath, fileURLToPath(SMOKE));
      expect(expected).to.include('task "main" waits for Get(queue "jobs", empty)');
      expect(await run(SMOKE)).to.equal(expected);
    });

    for (const name of PACKAGES) {
      it(`${name} does there what it does in Node`, async () => {
        const expected = await packageOutput(name);
        const output = await run(compiled(packageExample(name)));
        expect(outputMatches(sorted(expected), sorted(output)), `it prints:\n${output}`).to.equal(true);
      });
    }
  });
}
