import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { type Manifest, publishedPackages, root } from '../architecture/workspace.js';
import { isInstalled, npmInstall, packInto } from '../support/npm.js';
import { CHECKED_PROGRAM, METRICS_PROGRAM, NODE_TYPES_PROGRAM, PROGRAMS, WEB_TYPES_PROGRAM } from './programs.js';

/** The oldest Node that the packages run with. */
const OLDEST_NODE = '20';

describe('the published packages, installed outside the workspace', function () {
  this.timeout(120_000);
  const names = publishedPackages.map(({ manifest }) => manifest.name);
  let folder: string;

  before(function () {
    folder = mkdtempSync(join(tmpdir(), 'escapement-packages-'));
    writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }');
    const tarballs = packInto(folder, publishedPackages);
    assert.lengthOf(tarballs, names.length);
    if (isInstalled(npmInstall(folder, [...tarballs, ...foreignPeers()]))) return;
    console.log('    skipped: needs the npm registry');
    this.skip();
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const { manifest } of publishedPackages) {
    it(`${manifest.name} is complete: entry, types, sources of its source maps, licence`, () => {
      const installed = join(folder, 'node_modules', manifest.name);
      for (const file of ['README.md', ...Object.values(manifest.exports ?? {}).flatMap(filesOf)])
        assert.isTrue(existsSync(join(installed, file)), file);
      assert.equal(readFileSync(join(installed, 'LICENSE'), 'utf8'), readFileSync(join(root, 'LICENSE'), 'utf8'));
      assert.deepEqual(mapsWithoutSources(installed), [], 'files whose source is gone: npm run clean');
    });

    for (const entry of entriesOf(manifest)) {
      it(`${entry} can be imported alone, and nothing that it exports is missing`, () => {
        const program = `
          import * as all from '${entry}';
          const names = Object.keys(all);
          console.log(names.length > 0, names.filter(name => all[name] === undefined));`;
        assert.equal(run(folder, program), 'true []\n');
      });
    }

    for (const [command, file] of Object.entries(manifest.bin ?? {})) {
      it(`${manifest.name} installs the command ${command}`, () => {
        const help = spawnSync(process.execPath, [join(folder, 'node_modules', manifest.name, file), '--help'], {
          encoding: 'utf8',
        });
        assert.equal(help.status, 0, help.stderr);
        assert.include(help.stdout, 'Usage');
        assert.isTrue(existsSync(join(folder, 'node_modules/.bin', command)));
      });
    }
  }

  for (const { title, source, output } of PROGRAMS) {
    it(title, () => assert.equal(run(folder, source), output));
  }

  it('run without a container, where only core and its plugins are installed', () => {
    const apart = mkdtempSync(join(tmpdir(), 'escapement-no-container-'));
    try {
      writeFileSync(join(apart, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }');
      const tarballs = ['core', 'sleep', 'strategies', 'sync', 'policies', 'promises', 'workers', 'virtual-time'].map(
        name => join(folder, `escapement-${name}-${publishedPackages[0]!.manifest.version}.tgz`),
      );
      const installed = npmInstall(apart, tarballs);
      assert.equal(installed.status, 0, installed.stderr);
      assert.isFalse(existsSync(join(apart, 'node_modules/inversify')));
      const program = PROGRAMS.find(({ title }) => title.includes('make a loop without a container'))!;
      assert.equal(run(apart, program.source), program.output);
    } finally {
      rmSync(apart, { recursive: true, force: true });
    }
  });

  it('lead stack traces to their sources, and show none of the loop', () => {
    const program = `
      import { busyWaitModule, createLoop, sleepModule } from 'escapement';
      import { Lock } from '@escapement/sync';
      import { syncModule } from '@escapement/sync/module';
      createLoop(busyWaitModule, sleepModule, syncModule).runSync(function* main() { new Lock('db').release(); });`;
    const output = run(folder, program, '--enable-source-maps');
    const frames = output.split('\n').filter(line => line.startsWith('    at '));
    const ours = frames.flatMap(frame => /([^\s(]*@escapement\/sync\/.*):(\d+):\d+/.exec(frame)?.slice(1) ?? []);
    assert.match(ours[0]!, /node_modules\/@escapement\/sync\/src\/lock\.ts$/);
    const line = readFileSync(ours[0]!.replace(/^file:\/\//, ''), 'utf8').split('\n')[Number(ours[1]) - 1]!;
    assert.match(line, /new LockNotHeldError/);
    assert.include(output, '    at task "main" (coroutine)');
    assert.deepEqual(
      frames.filter(frame => frame.includes('@escapement/core/')),
      [],
    );
  });

  it('type-check alone: strictly, their own declarations too, with no types of a host', () => {
    writeFileSync(join(folder, 'program.ts'), CHECKED_PROGRAM);
    const entries = publishedPackages.flatMap(({ manifest }) => entriesOf(manifest));
    const imports = entries.map((entry, index) => `import * as all${index} from '${entry}';\nvoid all${index};`);
    writeFileSync(join(folder, 'everything.ts'), imports.join('\n'));
    assert.equal(typeCheck(folder, {}, 'program.ts', 'everything.ts'), '');
  });

  // By a name of its own, so that no other program finds these types by accident.
  for (const version of ['latest', OLDEST_NODE]) {
    it(`take the values of Node's own types: @types/node@${version}`, () => {
      const types = `node-types-${version}`;
      const { status, stderr } = npmInstall(folder, [`${types}@npm:@types/node@${version}`]);
      assert.equal(status, 0, stderr);
      writeFileSync(join(folder, 'node.ts'), NODE_TYPES_PROGRAM);
      writeFileSync(join(folder, 'web.ts'), WEB_TYPES_PROGRAM);
      assert.equal(typeCheck(folder, { types: [types], skipLibCheck: true }, 'node.ts', 'web.ts'), '');
    });
  }

  it("take the values of a page's types", () => {
    writeFileSync(join(folder, 'web.ts'), WEB_TYPES_PROGRAM);
    assert.equal(typeCheck(folder, { lib: ['ES2022', 'DOM'] }, 'web.ts'), '');
  });

  it('declare the metrics of a loop to a program that imports only the module which measures them', () => {
    writeFileSync(join(folder, 'metrics.ts'), METRICS_PROGRAM);
    assert.equal(typeCheck(folder, {}, 'metrics.ts'), '');
  });
});

/** What entry points import that their users have installed already. */
function foreignPeers(): string[] {
  const peers = publishedPackages.flatMap(({ manifest }) => Object.entries(manifest.peerDependencies ?? {}));
  const own = new Set(publishedPackages.map(({ manifest }) => manifest.name));
  return peers.filter(([name]) => !own.has(name)).map(([name, range]) => `${name}@${range}`);
}

/** What users write to import: `@escapement/sleep`, `@escapement/sleep/module`. What is exported as one file is no module. */
function entriesOf({ name, exports = {} }: Manifest): string[] {
  return Object.keys(exports).flatMap(path => (typeof exports[path] === 'string' ? [] : `${name}${path.slice(1)}`));
}

function filesOf(exported: string | Readonly<Record<string, string>>): string[] {
  return typeof exported === 'string' ? [exported] : Object.values(exported);
}

/** What the program prints; its warnings count as output too. */
function run(folder: string, program: string, ...flags: string[]): string {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, program);
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, file], { cwd: folder, encoding: 'utf8' });
  return stdout + stderr;
}

function typeCheck(folder: string, options: object, ...files: string[]): string {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    module: 'NodeNext',
    target: 'ES2022',
    lib: ['ES2022'],
    types: [],
    ...options,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
  return stdout + stderr;
}

function mapsWithoutSources(installed: string): string[] {
  return readdirSync(installed, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.map'))
    .flatMap(name => {
      const file = join(installed, name);
      const { sources } = JSON.parse(readFileSync(file, 'utf8')) as { sources: string[] };
      return sources.map(source => join(file, '..', source)).filter(source => !existsSync(source));
    });
}
