import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * The published packages, and the source of each of their entry points. A package comes after those that it needs: TypeDoc
 * takes a name for that of the first module that exports it, and others for ones that pass it on.
 *
 * @returns {{ name: string, folder: string, entryPoints: { name: string, source: string }[] }[]}
 */
export function readPackages(root) {
  const found = readdirSync(join(root, 'packages'))
    .map(name => join(root, 'packages', name))
    .map(folder => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => !manifest.private);
  return inOrder(found).map(({ folder, manifest }) => ({
    name: manifest.name,
    folder,
    entryPoints: entryPointsOf(folder, manifest),
  }));
}

function inOrder(packages) {
  const ordered = new Set();
  const add = each => {
    const { dependencies, peerDependencies } = each.manifest;
    const needed = Object.keys({ ...dependencies, ...peerDependencies });
    for (const other of packages) if (needed.includes(other.manifest.name)) add(other);
    ordered.add(each);
  };
  packages.forEach(add);
  return [...ordered];
}

function entryPointsOf(folder, { name, exports }) {
  return Object.entries(exports)
    .filter(([path, { types }]) => types !== undefined && path !== './internal')
    .map(([path, { types }]) => ({
      name: join(name, path),
      source: join(folder, types.replace(/^\.\/dist\//, 'src/').replace(/\.d\.ts$/, '.ts')),
    }));
}

/** All sources as one program, in which the name of a package leads to its sources: so a type is the same everywhere. */
export function createProgram(root, packages) {
  const entryPoints = packages.flatMap(each => each.entryPoints);
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const declarations = packages.flatMap(({ folder }) =>
    readdirSync(join(folder, 'src'))
      .filter(name => name.endsWith('.d.ts'))
      .map(name => join(folder, 'src', name)),
  );
  return ts.createProgram({
    rootNames: [...entryPoints.map(({ source }) => source), ...declarations],
    options: {
      ...options,
      composite: false,
      declaration: false,
      declarationMap: false,
      noEmit: true,
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
      paths: Object.fromEntries(entryPoints.map(({ name, source }) => [name, [source]])),
    },
  });
}
