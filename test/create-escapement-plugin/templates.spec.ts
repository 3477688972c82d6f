import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { createPlugin } from 'create-escapement-plugin';
import { transformSync } from 'esbuild';
import { importsOf, packageNameOf } from '../architecture/imports.js';
import { type Manifest, packages, readJson, root } from '../architecture/workspace.js';
import { KINDS, LANGUAGES } from './plugins.js';

interface WrittenManifest extends Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional: boolean }>>;
}

const repository = readJson(join(root, 'package.json')) as WrittenManifest;

for (const kind of KINDS) {
  for (const language of LANGUAGES) {
    describe(`the template "${kind}" in ${language}`, () => {
      let parent: string;
      let folder: string;
      let files: readonly string[];
      let manifest: WrittenManifest;
      const read = (file: string) => readFileSync(join(folder, file), 'utf8');

      before(() => {
        parent = mkdtempSync(join(tmpdir(), 'escapement-template-'));
        ({ folder, files } = createPlugin({ name: '@me/my-plugin', kind, language }, parent));
        manifest = readJson(join(folder, 'package.json')) as WrittenManifest;
      });
      after(() => rmSync(parent, { recursive: true }));

      it('leaves no gap to fill in, and has all that a package needs', () => {
        const gaps = files.filter(file => /\{\{/.test(read(file)));
        assert.deepEqual(gaps, []);
        assert.includeMembers([...files], ['.gitignore', 'README.md', 'package.json']);
        assert.sameMembers(
          readdirSync(folder, { recursive: true }).filter(file => files.includes(String(file))),
          [...files],
        );
        assert.equal(manifest.name, '@me/my-plugin');
      });

      it('depends on the versions that are released with it, and on the compiler that this repository uses', () => {
        const ranges = Object.entries({ ...manifest.peerDependencies, ...manifest.devDependencies });
        const expected = ranges.map(([name]) => {
          const ours = packages.find(each => each.manifest.name === name);
          return [name, ours === undefined ? repository.devDependencies[name] : `^${ours.manifest.version}`];
        });
        assert.deepEqual(ranges, expected);
      });

      it('declares what it imports: peers, all but core optional, and for its tests', () => {
        const imported = files
          .filter(file => file.startsWith('src/'))
          .map(file => ({ file, names: importsOf(read(file)).map(({ specifier }) => packageNameOf(specifier)) }));
        const namesIn = (isTest: boolean) =>
          imported
            .filter(({ file }) => file.includes('.test.') === isTest)
            .flatMap(({ names }) => names)
            .filter(name => !/^(\.|node:)/.test(name));
        const peers = Object.keys(manifest.peerDependencies ?? {});
        const needed = new Set(namesIn(false));
        // The modules of `strategies` are made with it.
        if (needed.has('@escapement/strategies')) needed.add('@escapement/wiring');
        assert.sameMembers(peers, [...needed]);
        assert.includeMembers(Object.keys(manifest.devDependencies), [...peers, ...namesIn(true)]);
        assert.sameMembers(
          Object.keys(manifest.peerDependenciesMeta ?? {}),
          peers.filter(name => name !== '@escapement/core' && kind !== 'callback'),
        );
      });
    });
  }

  it(`the template "${kind}" passes its laws`, () => {
    const cwd = join(root, 'packages/create-escapement-plugin/templates/dist', kind, 'typescript/src');
    const { status, stdout } = spawnSync(process.execPath, ['--expose-gc', '--test'], { cwd, encoding: 'utf8' });
    assert.equal(status, 0, stdout);
    assert.isAbove(Number(/^(?:#|ℹ) pass (\d+)$/m.exec(stdout)?.[1]), 5, stdout);
  });

  it(`the template "${kind}" in JavaScript is that in TypeScript, without its types`, () => {
    const folder = join(root, 'packages/create-escapement-plugin/templates', kind);
    const [typed, plain] = LANGUAGES.map(language => join(folder, language, 'src'));
    const names = readdirSync(typed!);
    assert.sameMembers(
      readdirSync(plain!),
      names.map(name => name.replace('.ts', '.js')),
    );
    for (const name of names) {
      const compiled = normal(readFileSync(join(typed!, name), 'utf8'), 'ts');
      assert.equal(normal(readFileSync(join(plain!, name.replace('.ts', '.js')), 'utf8'), 'js'), compiled, name);
    }
  });
}

/** Without types, comments and the author's line breaks. */
function normal(code: string, loader: 'ts' | 'js'): string {
  const tsconfigRaw = { compilerOptions: { target: 'ES2022', verbatimModuleSyntax: true } };
  const { code: plain } = transformSync(code, { loader, tsconfigRaw, target: 'es2022' });
  // Once more: the first time, line breaks depend on those that were there.
  return transformSync(plain, { minifyWhitespace: true, target: 'es2022' }).code;
}
