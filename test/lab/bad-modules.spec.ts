import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type LabRun, runLab } from './run-lab.js';

const strategy = (body: string) => `
import { SleepStrategy, strategyModule } from 'escapement';
class Bad extends SleepStrategy {
  alias = 'bad';
  waits = 'blocks';
  ${body}
}
export default strategyModule(clock => new Bad(clock));
`;

/** What is wrong with a module, and what the lab says of it. */
const CASES: readonly [name: string, code: string, message: RegExp, ...options: string[]][] = [
  [
    'throws',
    "\n  throw new Error('out of ink');",
    /could not be loaded: out of ink \(at \S*throws\.js:2:9\)\. --debug shows/,
  ],
  ['syntax', '\nexport default = 5;', /Unexpected token '=' \(at \S*syntax\.js:2\)\. --debug shows/],
  ['imports-syntax', "export * from './syntax.js';", /Unexpected token '=' \(at \S*syntax\.js:2\)/],
  ['no-export', "import { nothing } from 'node:fs';", /does not provide an export.* \(at \S*no-export\.js:1\)/],
  ['no-package', "import 'no-such-package';", /Cannot find package 'no-such-package' imported from \S*no-package\.js/],
  [
    'constructor',
    strategy("constructor() {\nsuper();\nthrow new Error('no ink'); }"),
    /no ink \(at \S*constructor\.js:8:7\)/,
  ],
  [
    'throws-undefined',
    strategy('constructor() { super(); throw undefined; }'),
    /: undefined was thrown, which is no Error/,
  ],
  ['throws-null', strategy('constructor() { super(); throw null; }'), /: null was thrown, which is no Error/],
  [
    'alias',
    strategy('constructor() { super(); this.alias = 5; }'),
    /alias.*expected.*found 5.*S1 of docs\/contracts\.md/,
  ],
  ['alias-object', strategy('constructor() { super(); this.alias = { toString() { throw 1; } }; }'), /alias.*S1 of/],
  [
    'waits-sometimes',
    strategy("constructor() { super(); this.waits = 'sometimes'; }"),
    /waits.*'spins'.*found .sometimes.*S1 of/,
  ],
  ['no-error', "throw 'ink';", /'?"?ink"?'? was thrown, which is no Error/],
  ['exits', 'process.exit(0);', /it ended the process while it was loaded, with exit code 0/],
  ['waits', 'await new Promise(() => {});', /it never loads: its top-level await waits for what never comes/],
  ['spins', 'for (;;);', /it did not load within 2 s/, '--time', '2'],
  [
    'spins-later',
    strategy('constructor() { super(); for (;;); }'),
    /(a constructor .* did not return|it did not load) within 9 s/,
    '--time',
    '9',
  ],
];

describe('escapement-lab --module with a module that cannot be loaded exits with 2 and says why:', function () {
  this.timeout(120_000);
  // Here, so that it finds `escapement`.
  const folder = mkdtempSync(fileURLToPath(new URL('modules-', import.meta.url)));
  const runs = new Map<string, LabRun>();
  before(async () => {
    for (const [name, code] of CASES) writeFileSync(join(folder, `${name}.js`), code);
    const ended = CASES.map(async ([name, , , ...options]) => {
      runs.set(name, await runLab('--module', join(folder, `${name}.js`), ...options));
    });
    await Promise.all(ended);
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [name, , message] of CASES) {
    it(name, () => {
      const { status, stdout, stderr } = runs.get(name)!;
      expect(stderr)
        .to.match(/^escapement-lab: --module .*\n$/)
        .and.match(message);
      expect([status, stdout]).to.deep.equal([2, '']);
    });
  }

  it('names a file if it is a folder', async () => {
    const { status, stdout, stderr } = await runLab('--module', folder);
    expect(stderr).to.match(/^escapement-lab: --module .*: is a folder\. Name a JavaScript file in it\.\n$/);
    expect([status, stdout]).to.deep.equal([2, '']);
  });

  it('shows the stack with --debug', async () => {
    const { stderr } = await runLab('--module', join(folder, 'throws.js'), '--debug');
    expect(stderr).to.match(/Error: out of ink\n\s+at .*throws\.js:2:9/);
  });
});
