import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import type { PluginKind } from 'create-escapement-plugin';
import { type Manifest, packages, readJson, root } from '../architecture/workspace.js';
import { isInstalled, npmInstall, packInto } from '../support/npm.js';
import { KINDS, LANGUAGES } from './plugins.js';

const PLUGINS = KINDS.flatMap(kind => LANGUAGES.map(language => ({ kind, language })));
const NEEDED = [
  'core',
  'combinators',
  'debug',
  'wiring',
  'sleep',
  'strategies',
  'promises',
  'escapement',
  'conformance',
  'create-escapement-plugin',
];

/** A line of each plugin, and a fault in its place that the laws have to find. */
const FAULTS: Readonly<Record<PluginKind, readonly [file: string, line: string, fault: string]>> = {
  event: ['latch', 'this.#waiters.delete(waiter);', 'void waiter;'],
  strategy: ['block-then-spin-strategy', 'this.clock.now() < until', 'this.clock.now() < until + 50'],
  callback: ['pressed', "button.off('press', resolve).off('error', reject);", "button.off('press', resolve);"],
  policy: ['background-last-policy', 'this.#waited >= this.#patience', 'this.#waited > 9 * this.#patience'],
};
const PRINTS: Readonly<Record<PluginKind, RegExp>> = {
  event: /^one is done\none is done\nboth are done\n$/,
  strategy: /^slept for (?:[2-9]\d|\d{3,})\.\d{3} ms\n$/,
  callback: /^Ann is at the door\n0 listeners are left\n$/,
  policy: /^foreground 1\nforeground 2\nbackground 1\nforeground 3\nforeground 4\nbackground 2\nforeground 5\n$/,
};

describe('a plugin that packed packages create in an empty folder', function () {
  this.timeout(180_000);
  let folder: string;
  let tarballs: readonly string[];

  before(function () {
    folder = mkdtempSync(join(tmpdir(), 'escapement-create-'));
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    tarballs = packInto(
      folder,
      packages.filter(each => NEEDED.includes(each.folder)),
    );
    const { devDependencies } = readJson(join(root, 'package.json')) as { devDependencies: Record<string, string> };
    const tools = ['typescript', '@types/node'].map(name => `${name}@${devDependencies[name]}`);
    if (isInstalled(npmInstall(folder, [...tarballs, ...tools]))) return;
    console.log('    skipped: needs the npm registry');
    this.skip();
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const { kind, language } of PLUGINS) {
    describe(`${kind} in ${language}`, () => {
      const name = `my-${kind}-in-${language}`;
      const ext = language === 'typescript' ? 'ts' : 'js';
      const create = (parent: string) => {
        const bin = join(folder, 'node_modules/.bin/create-escapement-plugin');
        const args = [name, '--kind', kind, ...(language === 'javascript' ? ['--javascript'] : [])];
        const { status, stderr } = spawnSync(bin, args, { cwd: parent, encoding: 'utf8' });
        assert.equal(status, 0, stderr);
        return join(parent, name);
      };
      let plugin: string;

      before(() => {
        plugin = create(folder);
        // So that programs in `folder` can import it. It finds what it needs there, too.
        symlinkSync(plugin, join(folder, 'node_modules', name));
        buildIn(plugin);
      });

      it('passes its laws with what its package.json names, and nothing else', () => {
        const apart = mkdtempSync(join(tmpdir(), 'escapement-created-'));
        try {
          const created = create(apart);
          installIn(created, tarballs);
          const { status, stdout, stderr } = npmTest(created);
          assert.equal(status, 0, stdout + stderr);
          assert.isAbove(Number(/^(?:#|ℹ) pass (\d+)$/m.exec(stdout)?.[1]), 5, stdout);
        } finally {
          rmSync(apart, { recursive: true, force: true });
        }
      });

      it('does what its README shows', () => {
        const readme = readFileSync(join(plugin, 'README.md'), 'utf8');
        const program = new RegExp(`\`\`\`${ext}\n([\\s\\S]*?)\`\`\``).exec(readme)![1]!;
        if (language === 'typescript') assert.equal(typeCheck(folder, program), '');
        const run = node(folder, '--input-type=module', '--eval', program);
        assert.match(run.stdout, PRINTS[kind], run.stderr);
      });

      if (kind === 'event' && language === 'typescript') {
        it('does not compile in a loop without its module', () => {
          const program = (modules: string) => `
            import { createLoop, setTimeoutModule } from 'escapement';
            import { Latch } from '${name}';
            import { latchModule } from '${name}/module';
            createLoop(${modules}).run(new Latch(1).opened());
            void latchModule;`;
          assert.match(typeCheck(folder, program('setTimeoutModule')), /no module of this loop handles'?: LatchOpened/);
          assert.equal(typeCheck(folder, program('setTimeoutModule, latchModule')), '');
        });
      }

      it('fails its laws if a line of it is wrong', () => {
        const [source, line, fault] = FAULTS[kind];
        const file = join(plugin, 'src', `${source}.${ext}`);
        const right = readFileSync(file, 'utf8');
        assert.include(right, line);
        writeFileSync(file, right.replace(line, fault));
        const { status, stdout } = npmTest(plugin);
        assert.notEqual(status, 0);
        assert.match(stdout, / is broken: /);
      });
    });
  }
});

/** As `npm install` will once the packages are published: just what its `package.json` names. */
function installIn(plugin: string, tarballs: readonly string[]): void {
  const { peerDependencies, devDependencies } = readJson(join(plugin, 'package.json')) as Manifest & {
    devDependencies: Record<string, string>;
  };
  const names = Object.keys({ ...peerDependencies, ...devDependencies });
  const needed = tarballs.filter(file =>
    names.some(name => file.includes(`/${name.replace('@', '').replace('/', '-')}-`)),
  );
  assert.isTrue(isInstalled(npmInstall(plugin, needed, '--no-save')));
  assert.isFalse(existsSync(join(plugin, 'node_modules/escapement')));
}

/** If there is anything to build. */
function buildIn(plugin: string): void {
  const { status, stdout } = spawnSync('npm', ['run', 'build', '--if-present'], { cwd: plugin, encoding: 'utf8' });
  assert.equal(status, 0, stdout);
}

function npmTest(plugin: string): SpawnSyncReturns<string> {
  return spawnSync('npm', ['test'], { cwd: plugin, encoding: 'utf8' });
}

function node(folder: string, ...args: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
}

function typeCheck(folder: string, program: string): string {
  const file = join(folder, 'program.ts');
  writeFileSync(file, program);
  const tsc = join(folder, 'node_modules/typescript/bin/tsc');
  const options = ['--strict', '--noEmit', '--pretty', 'false', '--module', 'NodeNext', '--target', 'ES2022'];
  const { stdout, stderr } = node(folder, tsc, ...options, '--types', 'node', '--ignoreConfig', file);
  return stdout + stderr;
}
