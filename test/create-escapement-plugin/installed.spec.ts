import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import type { PluginKind } from 'create-escapement-plugin';
import { type Manifest, packages, readJson, root } from '../architecture/workspace.js';
import { isInstalled, npmInstall, packInto } from '../support/npm.js';
import { KINDS, LANGUAGES } from './plugins.js';

/** All plugins find what they need in one folder above them, unless each is to install it, which takes longer. */
const EACH_INSTALLS = process.env.CREATE_EACH_INSTALLS === 'true';
const NEEDED = ['core', 'wiring', 'sleep', 'strategies', 'escapement', 'conformance', 'create-escapement-plugin'];

/** A line of each plugin, and a fault in its place that the laws have to find. */
const FAULTS: Readonly<Record<PluginKind, readonly [file: string, line: string, fault: string]>> = {
  event: ['latch', 'this.#waiters.delete(waiter);', ''],
  strategy: ['block-then-spin-strategy', 'this.clock.now() < until', 'this.clock.now() < until + 50'],
  policy: ['background-last-policy', '|| this.#waited >= this.#patience', ''],
};
const PRINTS: Readonly<Record<PluginKind, RegExp>> = {
  event: /^one is done\none is done\nboth are done\n$/,
  strategy: /^slept for 2\d\.\d{3} ms\n$/,
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

  for (const kind of KINDS) {
    for (const language of LANGUAGES) {
      describe(`${kind}, ${language}`, () => {
        const name = `my-${kind}-in-${language}`;
        const ext = language === 'typescript' ? 'ts' : 'js';
        const plugin = () => join(folder, name);

        before(() => {
          const bin = join(folder, 'node_modules/.bin/create-escapement-plugin');
          const args = [name, '--kind', kind, ...(language === 'javascript' ? ['--javascript'] : [])];
          const { status, stderr } = spawnSync(bin, args, { cwd: folder, encoding: 'utf8' });
          assert.equal(status, 0, stderr);
          if (EACH_INSTALLS) installAlone(plugin(), tarballs);
        });

        it('passes its laws', () => {
          const { status, stdout, stderr } = npmTest(plugin());
          assert.equal(status, 0, stdout + stderr);
          assert.isAbove(Number(/^(?:#|ℹ) pass (\d+)$/m.exec(stdout)?.[1]), 5, stdout);
        });

        // Two copies of core would meet there.
        if (EACH_INSTALLS) return;

        it('does what its README shows', () => {
          const readme = readFileSync(join(plugin(), 'README.md'), 'utf8');
          const program = new RegExp(`\`\`\`${ext}\n([\\s\\S]*?)\`\`\``).exec(readme)![1]!;
          const file = join(folder, `${name}-program.${ext}`);
          writeFileSync(file, program);
          // The packages beside each other, as in the program of a user.
          linkInto(folder, name);
          if (language === 'typescript') assert.equal(typeCheck(folder, file), '');
          const run = node(folder, '--input-type=module', '--eval', program);
          assert.match(run.stdout, PRINTS[kind], run.stderr);
        });

        if (language === 'javascript') {
          it('fails its laws if it is broken', () => {
            const [source, line, fault] = FAULTS[kind];
            const file = join(plugin(), 'src', `${source}.js`);
            const right = readFileSync(file, 'utf8');
            assert.include(right, line);
            writeFileSync(file, right.replace(line, fault));
            const { status, stdout } = npmTest(plugin());
            assert.notEqual(status, 0);
            assert.match(stdout, /LawBrokenError|is broken: /);
          });
        }
      });
    }
  }

  if (EACH_INSTALLS) return;

  it('if it is an event, does not compile in a loop without its module', () => {
    const file = join(folder, 'forgotten.ts');
    linkInto(folder, 'my-event-in-typescript');
    const program = (modules: string) => `
      import { createLoop, setTimeoutModule } from 'escapement';
      import { Latch } from 'my-event-in-typescript';
      import { latchModule } from 'my-event-in-typescript/module';
      void latchModule;
      createLoop(${modules}).run(new Latch(1).opened());`;
    writeFileSync(file, program('setTimeoutModule'));
    assert.match(typeCheck(folder, file), /no module of this loop handles'?: LatchOpened/);
    writeFileSync(file, program('setTimeoutModule, latchModule'));
    assert.equal(typeCheck(folder, file), '');
  });
});

/** As `npm install` will once the packages are published: just what its `package.json` names. */
function installAlone(plugin: string, tarballs: readonly string[]): void {
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

/** Makes the plugin one of the packages that programs in `folder` can import. */
function linkInto(folder: string, plugin: string): void {
  const link = join(folder, 'node_modules', plugin);
  if (!existsSync(link)) symlinkSync(join(folder, plugin), link);
}

function npmTest(plugin: string): SpawnSyncReturns<string> {
  return spawnSync('npm', ['test'], { cwd: plugin, encoding: 'utf8' });
}

function node(folder: string, ...args: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
}

function typeCheck(folder: string, file: string): string {
  const tsc = join(folder, 'node_modules/typescript/bin/tsc');
  const options = ['--strict', '--noEmit', '--pretty', 'false', '--module', 'NodeNext', '--target', 'ES2022'];
  const { stdout, stderr } = node(folder, tsc, ...options, '--types', 'node', '--ignoreConfig', file);
  return stdout + stderr;
}
