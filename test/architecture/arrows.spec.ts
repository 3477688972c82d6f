import { join } from 'node:path';
import { assert } from 'chai';
import {
  cyclesIn,
  type Import,
  importsOf,
  type Layers,
  packageNameOf,
  type SourceFile,
  sourcesOf,
  wrongArrows,
} from './imports.js';
import { packages, readJson } from './workspace.js';

/**
 * Who may import whom. Arrows run towards core, and never sideways between plugins: a package that is not listed here
 * fails the test, so that its arrows are a decision.
 */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  combinators: ['core'],
  wiring: ['core'],
  debug: ['core', 'wiring'],
  sleep: ['core', 'wiring'],
  strategies: ['core', 'wiring'],
  sync: ['core', 'wiring'],
  policies: ['core', 'wiring'],
  promises: ['core', 'streams', 'wiring'],
  host: ['core', 'wiring'],
  workers: ['core', 'wiring'],
  'virtual-time': ['core', 'wiring'],
  conformance: ['core'],
  explore: ['core', 'promises', 'sleep', 'streams', 'sync', 'virtual-time'],
  // Spans of tasks are an async context, which the host's package has.
  observe: ['core', 'host', 'wiring'],
  streams: ['core', 'sleep', 'wiring'],
  posix: [],
  // Its strategy is made into a module as the others are.
  io: ['core', 'posix', 'strategies', 'wiring'],
  net: ['core', 'io', 'posix', 'sleep', 'streams', 'wiring'],
  escapement: ['combinators', 'core', 'debug', 'wiring', 'sleep', 'strategies'],
  'create-escapement-plugin': [],
  lab: ['conformance', 'escapement', 'io', 'net', 'policies', 'virtual-time'],
  bench: [
    'escapement',
    'explore',
    'host',
    'io',
    'lab',
    'net',
    'observe',
    'policies',
    'posix',
    'promises',
    'streams',
    'sync',
    'virtual-time',
    'workers',
  ],
};

/**
 * Which folder inside of a package may import from which, types included: from all that stand below it.
 * Each line's folders do not know each other.
 */
const LAYERS: Readonly<Record<string, Layers>> = {
  core: [
    ['index.ts'],
    ['loop'],
    ['primitives'],
    ['extension-points'],
    ['tasks'],
    ['events'],
    ['errors', 'collections'],
  ],
  lab: [
    ['index.ts', 'internal.ts', 'bin'],
    ['comparing'],
    ['views'],
    ['measuring'],
    ['scenarios'],
    ['workloads'],
    ['statistics', 'subjects', 'why'],
    ['results'],
    ['usage-error.ts'],
  ],
  bench: [['index.ts', 'bin'], ['io', 'kernel'], ['system']],
};

/** In these, types may still import each other in a circle. */
const CYCLES_OF_TYPES: readonly string[] = ['core'];

/** These run on any host: the compiler gives them no types of Node's, nor of a page's. */
const HOSTLESS = [
  'core',
  'combinators',
  'wiring',
  'sleep',
  'sync',
  'policies',
  'promises',
  'virtual-time',
  'conformance',
  'streams',
];

const MOST_LINES = 400;
const MOST_LINES_OF: Readonly<Record<string, number>> = { 'core/loop/event-loop.ts': 300 };

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

      it('admits the version that all packages of ours have, in ranges that let npm choose one for all', () => {
        const ranges = Object.entries(declared).filter(([name]) => folderOf.has(name));
        assert.deepEqual(
          ranges,
          ranges.map(([name]) => [name, `^${manifest.version}`]),
        );
      });

      const circular = CYCLES_OF_TYPES.includes(folder);

      it(`has no cycle of imports${circular ? ' at run time' : ', types counted'}`, () => {
        const cycles = cyclesIn(sources, circular ? 'at run time' : 'types too');
        assert.deepEqual(
          cycles.map(cycle => cycle.join(' -> ')),
          [],
        );
      });

      if (circular) {
        it('has cycles of types: else it is no exception any more', () => {
          assert.isNotEmpty(cyclesIn(sources, 'types too'));
        });
      }

      const layers = LAYERS[folder];
      if (layers !== undefined) {
        it('imports from the folders below and from no other, types counted', () => {
          assert.deepEqual(wrongArrows(sources, layers), []);
        });
      }

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
    const sources = [source('a.ts', './b/c.js', './d.js'), source('b/c.ts', '../d.js'), source('d.ts', './a.js')];
    assert.deepEqual(cyclesIn(sources, 'at run time'), [['a.ts', 'b/c.ts', 'd.ts', 'a.ts']]);
    assert.deepEqual(cyclesIn(sources.slice(0, 2), 'at run time'), []);
  });

  it('finds cycles of types, where they count', () => {
    const sources = [source('a.ts', './b.js'), source('b.ts', 'type ./a.js')];
    assert.deepEqual(cyclesIn(sources, 'at run time'), []);
    assert.deepEqual(cyclesIn(sources, 'types too'), [['a.ts', 'b.ts', 'a.ts']]);
  });
});

describe('architecture: the layers', () => {
  const layers: Layers = [['index.ts'], ['loop', 'combinators'], ['tasks'], ['errors']];

  it('let imports run down, past layers too, and inside of a folder', () => {
    const sources = [
      source('index.ts', './loop/loop.js', 'type ./errors/errors.js'),
      source('loop/loop.ts', '../tasks/deep/task.js', './queue.js', 'chai'),
      source('loop/queue.ts', './loop.js', '../errors/errors.js'),
      source('tasks/deep/task.ts', '../state.js', '../../errors/errors.js'),
    ];
    assert.deepEqual(wrongArrows(sources, layers), []);
  });

  it('find what runs up, be it a type, from deep inside, or to the index', () => {
    const sources = [
      source('errors/errors.ts', 'type ../tasks/task.js'),
      source('tasks/deep/task.ts', '../../loop/loop.js', '../../index.js'),
    ];
    assert.deepEqual(wrongArrows(sources, layers), [
      'errors/errors.ts -> tasks/task.ts',
      'tasks/deep/task.ts -> loop/loop.ts',
      'tasks/deep/task.ts -> index.ts',
    ]);
  });

  it('find what runs sideways', () => {
    const sources = [
      source('combinators/all.ts', '../loop/loop.js'),
      source('loop/loop.ts', 'type ../combinators/all.js'),
    ];
    assert.deepEqual(wrongArrows(sources, layers), [
      'combinators/all.ts -> loop/loop.ts',
      'loop/loop.ts -> combinators/all.ts',
    ]);
  });

  it('find what has no layer, on either end', () => {
    const sources = [source('attic/old.ts', '../errors/errors.js'), source('tasks/task.ts', '../attic/old.js')];
    assert.deepEqual(wrongArrows(sources, layers), ['attic/old.ts is in no layer', 'tasks/task.ts -> attic/old.ts']);
  });
});

/** A made-up file. An import that is written `type ./task.js` is of types alone. */
function source(name: string, ...written: string[]): SourceFile {
  const imports = written.map(
    (each): Import => ({ specifier: each.replace('type ', ''), atRuntime: !each.startsWith('type ') }),
  );
  return { name, lineCount: 1, imports };
}
