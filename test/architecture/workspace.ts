import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, seen from `test/dist/architecture/`. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Package {
  /** The folder's name in `packages/`. */
  readonly folder: string;
  readonly path: string;
  readonly manifest: Manifest;
}

export const packages: readonly Package[] = readdirSync(join(root, 'packages'))
  .map(folder => ({ folder, path: join(root, 'packages', folder) }))
  .filter(({ path }) => existsSync(join(path, 'package.json')))
  .map(({ folder, path }) => ({ folder, path, manifest: readJson(join(path, 'package.json')) as Manifest }));

export const publishedPackages: readonly Package[] = packages.filter(({ manifest }) => manifest.private !== true);

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
