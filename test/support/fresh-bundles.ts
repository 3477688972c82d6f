import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages } from '../architecture/workspace.js';

const COMPILED = 'tsconfig.tsbuildinfo';

// The tests run what is published, and `tsc` alone does not write that: they would test old code.
for (const { path, manifest } of publishedPackages) {
  for (const { default: entry = '' } of Object.values(manifest.exports ?? {})) {
    if (entry.startsWith('./bundle/')) checkIsFresh(join(path, entry), join(path, COMPILED));
  }
  // What is made of a folder of pages takes in code of the package itself, too.
  const pages = join(path, 'page');
  if (!existsSync(pages)) continue;
  const bundle = join(path, 'bundle');
  const made = existsSync(bundle) ? readdirSync(bundle) : ['report.html'];
  for (const file of made) {
    for (const project of [path, join(pages, 'dist')]) checkIsFresh(join(bundle, file), join(project, COMPILED));
  }
}

function checkIsFresh(file: string, compiled: string): void {
  if (changedAt(file) >= changedAt(compiled)) return;
  throw new Error(`${file} is older than what tsc has compiled. Write it: npm run build`);
}

function changedAt(file: string): number {
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}
