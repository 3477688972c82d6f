import { join } from 'node:path';
import { assert } from 'chai';
import { cyclesIn, importsOf, packageNameOf, type SourceFile, sourcesOf } from './imports.js';
import { packages, readJson } from './workspace.js';

/**
 * Who may import whom. Arrows run towards core, and never sideways between plugins: a package that is not listed here
 * fails the test, so that its arrows are a decision.
 */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  wiring: ['core'],
  sleep: ['core', 'wiring'],
  strategies: ['core', 'wiring'],
  sync: ['core', 'wiring'],
  promises: ['core', 'wiring'],
  'virtual-time': ['core', 'wiring'],
  posix: [],
  // Its strategy is made into a module as the others are.
  io: ['core', 'posix', 'strategies', 'wiring'],
  net: ['core', 'io', 'posix', 'sleep', 'wiring'],
  escapement: ['core', 'wiring', 'sleep', 'strategies'],
  lab: ['escapement', 'io', 'net', 'posix', 'sync'],
};

/** These run on any host: the compiler gives them no types of Node's, nor of a page's. */
const HOSTLESS = ['core', 'wiring', 'sleep', 'sync', 'promises', 'virtual-time'];

const MOST_LINES = 400;
const MOST_LINES_OF: Readonly<Record<string, number>> = { 'core/event-loop.ts': 300, 'core/tasks/task.ts': 410 };

describe('architecture', () => {
  const folderOf = new Map(packages.map(({ manifest, folder }) => [manifest.name, folder]));

  it('has arrows for every package and no other', () => {
    assert.sameMembers(
      packages.map(({ folder }) => folder),
      Object.keys(ARROWS),
    );
  });

  for (const pack of packages) {
    describe(pack.folder, () => {
      const { manifest, folder, path } = pack;
      const sources = sourcesOf(pack);
      const declared = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
      const outside = sources.flatMap(source =>
        source.imports
          .filter(({ specifier }) => !specifier.startsWith('.'))
          .map(({ specifier }) => ({ from: source.name, specifier, imported: packageNameOf(specifier) })),
      );
      const allowed = ARROWS[folder] ?? [];

      it(`imports no package of ours but ${allowed.join(', ') || 'itself'}`, () => {
        const wrong = outside.filter(({ imported }) => {
          const target = folderOf.get(imported);
          return target !== undefined && !allowed.includes(target);
        });
        assert.deepEqual(wrong, []);
      });

      it('imports nothing that its package.json does not declare', () => {
        const wrong = outside.filter(({ imported }) => !imported.startsWith('node:') && !(imported in declared));
        assert.deepEqual(wrong, []);
      });

      it('reaches into no other package by path', () => {
        const wrong = sources.flatMap(({ name, imports }) =>
          imports
            .map(({ specifier }) => specifier)
            .filter(specifier => specifier.startsWith('.') && join(name, '..', specifier).startsWith('..')),
        );
        assert.deepEqual(wrong, []);
      });

      it('is built after what it imports: its tsconfig references what its package.json declares', () => {
        const { references } = readJson(join(path, 'tsconfig.json')) as { references: { path: string }[] };
        const ours = Object.keys(declared).flatMap(name => folderOf.get(name) ?? []);
        assert.sameMembers(
          references.map(reference => reference.path.replace('../', '')),
          ours,
        );
      });

      it('has no cycle of imports at run time', () => {
        assert.deepEqual(
          cyclesIn(sources).map(cycle => cycle.join(' -> ')),
          [],
        );
      });

      it(`has no file of ${MOST_LINES} lines`, () => {
        const long = sources.filter(
          ({ name, lineCount }) => lineCount >= (MOST_LINES_OF[`${folder}/${name}`] ?? MOST_LINES),
        );
        assert.deepEqual(
          long.map(({ name, lineCount }) => `${name}: ${lineCount}`),
          [],
        );
      });
    });
  }

  for (const folder of HOSTLESS) {
    it(`${folder} sees no types of a host`, () => {
      const { compilerOptions } = readJson(join(packages[0]!.path, '..', folder, 'tsconfig.json')) as {
        compilerOptions: { types?: string[]; lib?: string[] };
      };
      assert.deepEqual(compilerOptions.types, []);
      assert.isUndefined(compilerOptions.lib, 'the base configuration has no DOM');
    });
  }

  it('core depends on nothing', () => {
    const core = packages.find(({ folder }) => folder === 'core');
    assert.deepEqual(core?.manifest.dependencies ?? {}, {});
  });
});

// A check that finds nothing proves little unless it can find something.
describe('architecture: the import reader', () => {
  it('tells imports at run time from types', () => {
    const imports = importsOf(
      [
        "import 'a';",
        "import b from 'b';",
        "import { type C } from 'c';",
        "import type { D } from 'd';",
        "import * as e from 'e';",
        "import f, {\n  g,\n} from './f.js';",
        "export * from 'h';",
        "export type { I } from 'i';",
        "export const j = 'from';",
        "  const k = await import('k');",
        "// import 'l';",
        "/**\n * import 'm';\n */",
      ].join('\n'),
    );
    const kept = imports.filter(({ atRuntime }) => atRuntime).map(({ specifier }) => specifier);
    assert.deepEqual(kept, ['a', 'b', 'c', 'e', './f.js', 'h', 'k']);
    assert.deepEqual(
      imports.filter(({ atRuntime }) => !atRuntime).map(({ specifier }) => specifier),
      ['d', 'i'],
    );
  });

  it('finds cycles, also through folders', () => {
    const source = (name: string, ...specifiers: string[]): SourceFile => ({
      name,
      lineCount: 1,
      imports: specifiers.map(specifier => ({ specifier, atRuntime: true })),
    });
    const sources = [source('a.ts', './b/c.js', './d.js'), source('b/c.ts', '../d.js'), source('d.ts', './a.js')];
    assert.deepEqual(cyclesIn(sources), [['a.ts', 'b/c.ts', 'd.ts', 'a.ts']]);
    assert.deepEqual(cyclesIn(sources.slice(0, 2)), []);
  });
});
